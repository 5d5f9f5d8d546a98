/**
 * Makes the server of the Model Context Protocol over a backend: the same for HTTP and stdio, and for both eras of the
 * protocol. Invariant: what the tools are needs no backend, so an agent sees them while Tutti is away.
 */
import { McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import packageJson from '../../package.json' with { type: 'json' };
import { ERRORS } from '../contract/error-catalogue.ts';
import { Failure, reasonOf } from '../contract/failure.ts';
import { agentHint } from './agent-hint.ts';
import { callTool, type ToolCall } from './call-tool.ts';
import type { McpBackend } from './mcp-backend.ts';
import { listResources, readResource, RESOURCE_TEMPLATES } from './resources.ts';
import { mcpTools, toolsFor } from './tools.ts';

/** What an agent is told when it connects. */
export const MCP_INSTRUCTIONS = `Tutti coordinates a team of agent sessions; you are one of them.
1. If you were not given a session, call register once, with what you can do.
2. request_work gives you the best ready task with its context (wait: seconds to wait for one); claim_task takes a specific one.
3. Work. Report with update_task (progress 0 to 1, details); other sessions see it. Long silence gets the task taken back.
4. End with complete_task: completed or failed, with the result. Then request_work again.
Before you edit files that others may edit: acquire_lock on file:PATH. What others should know: put_knowledge; what they know: search_knowledge.
What a person must decide: ask_decision, then show_decision with wait until it is answered. What you noticed beside your task: raise_signal.
session_id: leave it out where you are meant. \`at\`, in what only reads: a past moment, as the number of an event, an ISO time or -10m.
Errors carry a code and the next step. If Tutti is away, go on with your work and try again later.`;

const TOOLS_TTL_MS = 300_000;

/** Makes a server; connect it to a transport. */
export function buildMcpServer(backend: McpBackend): McpServer {
  const built = new McpServer(
    { name: 'tutti', title: 'Tutti', version: packageJson.version },
    {
      capabilities: { tools: {}, resources: {} },
      instructions: MCP_INSTRUCTIONS,
      cacheHints: { 'tools/list': { ttlMs: TOOLS_TTL_MS, cacheScope: 'private' } },
    },
  );
  const { server } = built;
  server.setRequestHandler('tools/list', () => {
    backend.onListed?.();
    return {
      tools: toolsFor(backend.role ?? null).map(({ name, description, inputSchema, annotations }) => ({
        name,
        description,
        inputSchema,
        annotations,
      })),
    };
  });
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    const tool = mcpTools().get(params.name);
    if (tool === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool ${params.name.slice(0, 100)}.`);
    const token = mcpReq._meta?.progressToken;
    const progress: ToolCall['progress'] =
      token === undefined
        ? null
        : (seconds, total) =>
            mcpReq.notify({
              method: 'notifications/progress',
              params: { progressToken: token, progress: seconds, total, message: 'still waiting' },
            });
    return callTool(backend, tool, params.arguments ?? {}, { signal: mcpReq.signal, progress });
  });
  server.setRequestHandler('resources/list', async ({ params }, { mcpReq }) =>
    asProtocolError(() => listResources(backend, params?.cursor, mcpReq.signal)),
  );
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: RESOURCE_TEMPLATES }));
  server.setRequestHandler('resources/read', async ({ params }, { mcpReq }) =>
    asProtocolError(async () => ({ contents: [await readResource(backend, params.uri, mcpReq.signal)] })),
  );
  return built;
}

/** Resources have no way to fail but an error of the protocol; it carries our code and the next step. */
async function asProtocolError<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const failure = error instanceof Failure ? error : new Failure('internal', { reason: reasonOf(error) }, error);
    const isCallers = ERRORS[failure.code].http < 500;
    const code = isCallers ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
    const hint = agentHint(failure);
    throw new ProtocolError(code, `${failure.message} [${failure.code}] ${hint}`, { code: failure.code, hint });
  }
}
