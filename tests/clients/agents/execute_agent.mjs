// An agent: POST /execute, GET /health. Node's standard library only.
//
//     node execute_agent.mjs [--stream]
//
// It counts the words of its input and turns it round. With --stream it tells
// how far it is while it works.

import http from 'node:http';

const BODY_BYTES_MAX = 8 << 20;
const isStreaming = process.argv.includes('--stream');
const startedAt = Date.now();

/** The task's text: a plain input comes as {"input": "…"}. */
function textOf(payload) {
  for (const name of ['input', 'prompt', 'text']) {
    if (typeof payload[name] === 'string') return payload[name];
  }
  return JSON.stringify(payload);
}

function wordsOf(payload) {
  return textOf(payload).split(/\s+/).filter(Boolean);
}

function work(payload) {
  const words = wordsOf(payload);
  return { words: words.length, reversed: words.reverse().join(' ') };
}

function answer(response, status, document) {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(document));
}

function stream(response, payload, begin) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  const say = (event) => response.write(`data: ${JSON.stringify(event)}\n\n`);
  say({ type: 'start', message: 'Starting' });
  say({ type: 'progress', message: 'Counting words', progress: 50 });
  for (const word of wordsOf(payload).reverse()) say({ type: 'token', text: `${word} ` });
  say({ type: 'result', data: work(payload), progress: 100 });
  say({ type: 'complete', status: 'completed', duration_ms: Date.now() - begin });
  response.end('data: [DONE]\n\n');
}

function execute(response, body) {
  const begin = Date.now();
  let task;
  try {
    task = JSON.parse(body);
  } catch {
    return answer(response, 422, { detail: 'The body is not JSON.' });
  }
  const payload = task?.payload;
  if (typeof task?.task_id !== 'string' || typeof payload !== 'object' || payload === null) {
    return answer(response, 422, { detail: 'A task has a task_id and a payload that is an object.' });
  }
  if (isStreaming) return stream(response, payload, begin);
  return answer(response, 200, {
    status: 'completed',
    result: work(payload),
    execution_time: (Date.now() - begin) / 1000,
    agent_id: 'execute-agent-node',
  });
}

const server = http.createServer((request, response) => {
  if (request.method === 'GET' && request.url === '/health') {
    return answer(response, 200, { status: 'healthy', uptime_seconds: (Date.now() - startedAt) / 1000 });
  }
  if (request.method !== 'POST' || request.url !== '/execute') return answer(response, 404, { detail: 'Not Found' });
  const pieces = [];
  let bytes = 0;
  request.on('data', (piece) => {
    bytes += piece.length;
    if (bytes > BODY_BYTES_MAX) return request.destroy();
    pieces.push(piece);
  });
  request.on('end', () => execute(response, Buffer.concat(pieces).toString('utf8')));
});

server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();
