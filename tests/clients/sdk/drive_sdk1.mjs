// The first generation of the JavaScript client: @modelcontextprotocol/sdk.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { abilities, answer, finish, headers, plan, tell } from './story.mjs';

const client = new Client({ name: 'check', version: '1' }, { capabilities: abilities });
if (abilities.elicitation) client.setRequestHandler(ElicitRequestSchema, answer);
const overStdio = () =>
  new StdioClientTransport({ command: plan.command[0], args: plan.command.slice(1), env: plan.env, stderr: 'inherit' });
const transports = {
  http: () => new StreamableHTTPClientTransport(new URL(plan.url), { requestInit: { headers } }),
  sse: () => new SSEClientTransport(new URL(plan.url), { requestInit: { headers } }),
  stdio: overStdio,
  remote: overStdio,
};
const transport = transports[plan.transport]();
let version = null;
// The only way to learn what was negotiated: the client tells its transport.
const tellTransport = transport.setProtocolVersion?.bind(transport);
transport.setProtocolVersion = (negotiated) => {
  version = negotiated;
  tellTransport?.(negotiated);
};

finish(
  tell(client, {
    transport,
    version: () => version,
    call: (params, options) => client.callTool(params, undefined, options),
  }),
);
