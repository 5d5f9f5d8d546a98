/**
 * The MCP door: `/mcp` for the default swarm, `/s/{swarm}/mcp` for any, streamable HTTP without protocol sessions. Who calls
 * is said by headers: the bearer token, and the credential of the session in `tutti-session`.
 * Invariant: a request is admitted (Host, Origin, token) before the protocol sees it; nothing outlives its request.
 */
import { Readable } from 'node:stream';
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../../contract/failure.ts';
import { get, post } from '../../contract/operation.ts';
import type { McpBackend } from '../../mcp/mcp-backend.ts';
import { callOperation } from '../call-operation.ts';
import { addRoute, admitted, entryOf, swarmOf } from '../operation-routes.ts';
import type { Principal } from '../principal.ts';
import { sendFailure } from '../send-reply.ts';
import type { ServerContext } from '../server-context.ts';

/** Bodies of tool calls: the largest operation, and room for the envelope. */
const BODY_BYTES = 17 * 1_048_576;
const PATH = '/mcp';

/** Adds the door. */
export function addMcpRoutes(app: FastifyInstance, context: ServerContext): void {
  let handler: Promise<McpHttpHandler> | null = null;
  const enter = entryOf(context, { changes: true, limit: BODY_BYTES, check: () => undefined });
  for (const path of [post(PATH), get(PATH), { method: 'DELETE' as const, path: PATH }]) {
    addRoute(app, path, enter, (request, reply) => {
      serve(context, (handler ??= handlerOf(context)), { request, reply }).catch((error: unknown) => {
        if (reply.raw.headersSent) reply.raw.destroy();
        else sendFailure(context, reply, error);
      });
    });
  }
  app.addHook('onClose', async () => (await handler)?.close());
}

/** The protocol's library is loaded with the first request, so that a server is ready sooner. */
async function handlerOf(context: ServerContext): Promise<McpHttpHandler> {
  const [{ createMcpHandler }, { buildMcpServer }] = await Promise.all([
    import('@modelcontextprotocol/server'),
    import('../../mcp/build-server.ts'),
  ]);
  return createMcpHandler(({ authInfo }) => buildMcpServer(backendIn(authInfo?.extra)), {
    maxRequestBodySize: BODY_BYTES,
    keepAliveMs: 15_000,
    onerror: (error) => context.log.debug({ err: error }, 'mcp'),
  });
}

async function serve(
  context: ServerContext,
  handling: Promise<McpHttpHandler>,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<void> {
  const { body } = request;
  if (body instanceof Failure) throw body;
  const handler = await handling;
  const gone = context.longPolls.begin(reply.raw);
  const backend = backendOf(context, swarmOf(request), admitted(request), gone);
  const authInfo = { token: '', clientId: admitted(request).caller.actor, scopes: [], extra: { backend } };
  const response = await handler.fetch(
    asWebRequest(request, gone),
    request.method === 'POST' ? { authInfo, parsedBody: body ?? null } : { authInfo },
  );
  reply.hijack();
  const headers = { ...Object.fromEntries(response.headers), 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  reply.raw.writeHead(response.status, headers);
  if (response.body === null) reply.raw.end();
  else
    Readable.fromWeb(response.body)
      .on('error', () => reply.raw.destroy())
      .pipe(reply.raw);
}

function backendOf(context: ServerContext, swarm: string, principal: Principal, gone: AbortSignal): McpBackend {
  return {
    session: principal.caller.credential?.session_id ?? null,
    role: principal.role,
    registersAgain: false,
    call: (operation, input, { signal }) =>
      new Promise((resolve, reject) => {
        callOperation(context, { swarm, operation, input, principal, signal: AbortSignal.any([signal, gone]) }, { resolve, reject });
      }),
  };
}

/** The library hands on whatever came with a request; what we gave it is the backend. */
function backendIn(extra: Readonly<Record<string, unknown>> | undefined): McpBackend {
  return extra?.['backend'] as McpBackend;
}

/** The request as the protocol's library reads it; its body is handed over parsed. */
function asWebRequest({ raw, method }: FastifyRequest, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw.headers)) {
    if (value === undefined || name === 'authorization' || name === 'tutti-session') continue;
    for (const each of [value].flat()) headers.append(name, each);
  }
  return new Request(new URL(raw.url ?? PATH, `http://${raw.headers.host ?? 'localhost'}`), { method, headers, signal });
}
