// The second generation of the JavaScript client: @modelcontextprotocol/client,
// in each of its ways to negotiate.
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { abilities, answer, finish, headers, plan, tell } from './story.mjs';

const modes = { legacy: 'legacy', auto: 'auto' };
const client = new Client(
  { name: 'check', version: '1' },
  { capabilities: abilities, versionNegotiation: { mode: modes[plan.mode] ?? { pin: plan.mode } } },
);
if (abilities.elicitation) client.setRequestHandler('elicitation/create', answer);
const overStdio = () =>
  new StdioClientTransport({ command: plan.command[0], args: plan.command.slice(1), env: plan.env, stderr: 'inherit' });
const transports = {
  http: () => new StreamableHTTPClientTransport(new URL(plan.url), { requestInit: { headers } }),
  sse: () => new SSEClientTransport(new URL(plan.url), { requestInit: { headers } }),
  stdio: overStdio,
  remote: overStdio,
};

finish(
  tell(client, {
    transport: transports[plan.transport](),
    version: () => client.getNegotiatedProtocolVersion(),
    call: (params, options) => client.callTool(params, options),
  }),
);
