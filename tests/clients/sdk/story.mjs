// What both JavaScript drivers do with a client, and how they tell it: one line
// of JSON on stdout for each thing that happened. What differs between the
// generations of the library comes in as `speaks`.
export const plan = JSON.parse(process.argv[2]);
export const headers = plan.key ? { Authorization: `Bearer ${plan.key}` } : {};

export function say(said, members = {}) {
  process.stdout.write(`${JSON.stringify({ said, ...members })}\n`);
}

const execute = { name: 'mesh_execute', arguments: { task: plan.task } };

// connect, list, call, and close.
async function tellExecute(client, speaks) {
  const { tools } = await client.listTools();
  say('tools', { names: tools.map((tool) => tool.name) });
  const result = await speaks.call(execute, { onprogress: (progress) => say('progress', progress) });
  sayResult(result);
}

// A call that is given up when the test says so, with a line on stdin; the
// connection is still good for another.
async function tellCancel(client, speaks) {
  const giveUp = new AbortController();
  process.stdin.once('data', () => giveUp.abort('The user lost interest.'));
  try {
    const result = await speaks.call(execute, {
      signal: giveUp.signal,
      onprogress: (progress) => say('progress', progress),
    });
    sayResult(result);
  } catch (problem) {
    say('cancelled', { text: String(problem) });
  }
  const { tools } = await client.listTools();
  say('tools', { names: tools.map((tool) => tool.name) });
}

function sayResult(result) {
  const texts = (result.content ?? []).filter((block) => block.type === 'text').map((block) => block.text);
  say('result', { text: texts.join(''), isError: result.isError ?? false, structured: result.structuredContent ?? null });
}

export async function tell(client, speaks) {
  client.onerror = (problem) => say('problem', { text: String(problem) });
  await client.connect(speaks.transport);
  say('connected', { version: speaks.version(), server: client.getServerVersion()?.name ?? null });
  await (plan.story === 'cancel' ? tellCancel : tellExecute)(client, speaks);
  await client.close();
  say('closed');
}

// Whatever hangs after the end is a fault of its own, and not waited for here.
export function finish(story) {
  story.then(
    () => process.exit(0),
    (problem) => {
      say('failed', { text: String(problem?.stack ?? problem) });
      process.exit(1);
    },
  );
}
