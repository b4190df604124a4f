// What both JavaScript drivers do with a client, and how they tell it: one line
// of JSON on stdout for each thing that happened. What differs between the
// generations of the library comes in as `speaks`.
export const plan = JSON.parse(process.argv[2]);
export const headers = plan.key ? { Authorization: `Bearer ${plan.key}` } : {};

export function say(said, members = {}) {
  process.stdout.write(`${JSON.stringify({ said, ...members })}\n`);
}

async function listTools(client) {
  const { tools } = await client.listTools();
  say('tools', { names: tools.map((tool) => tool.name) });
}

// The person at the client: accepts with what the plan says. Without it nobody can be asked.
export const abilities = plan.accepts_with ? { elicitation: {} } : {};
export function answer(request) {
  say('asked', { message: request.params.message });
  return { action: 'accept', content: plan.accepts_with };
}

async function execute(speaks, wanted, options = {}) {
  const params = { name: plan.tool ?? 'mesh_execute', arguments: wanted };
  sayResult(await speaks.call(params, { onprogress: (progress) => say('progress', progress), ...options }));
}

// A call that is given up when the test says so, with a line on stdin.
async function giveUp(speaks, wanted) {
  const giving = new AbortController();
  process.stdin.once('data', () => giving.abort('The user lost interest.'));
  try {
    await execute(speaks, wanted, { signal: giving.signal });
  } catch (problem) {
    say('cancelled', { text: String(problem) });
  }
}

function sayResult(result) {
  const texts = (result.content ?? []).filter((block) => block.type === 'text').map((block) => block.text);
  say('result', { text: texts.join(''), isError: result.isError ?? false, structured: result.structuredContent ?? null });
}

export async function tell(client, speaks) {
  client.onerror = (problem) => say('problem', { text: String(problem) });
  await client.connect(speaks.transport);
  say('connected', { version: speaks.version(), server: client.getServerVersion()?.name ?? null });
  await listTools(client);
  await execute(speaks, plan.executes);
  if (plan.gives_up) {
    await giveUp(speaks, plan.gives_up);
    await listTools(client); // the connection is still good
  }
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
