/**
 * Owns the Fastify application: how bodies are read, and what is answered to requests that reach no operation.
 * Invariant: whatever comes in, bad input gets a problem with a 4xx status.
 */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { fastify, type FastifyInstance } from 'fastify';
import { Failure, reasonOf } from '../contract/failure.ts';
import { addDashboardRoutes } from './dashboard.ts';
import { addBatchRoute } from './batch-route.ts';
import { readJsonBody } from './json-body.ts';
import { addMcpRoutes } from './mcp/mcp-route.ts';
import { addMetricsRoute } from './metrics-route.ts';
import { addOperationRoutes } from './operation-routes.ts';
import { addPageRoutes } from './page-routes.ts';
import { addPlainRoutes } from './plain-routes.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';
import { admit } from './request-gate.ts';
import { sendFailure } from './send-reply.ts';
import type { ServerContext } from './server-context.ts';

/** Whoever sends a request more slowly than this is cut off. */
const REQUEST_TIMEOUT_MS = 120_000;
const LONGEST_PATH_PART = 1024;

/** The contract checks all input, so Fastify's own schema compilers are not even loaded. */
const NO_SCHEMAS = { compilersFactory: { buildValidator: () => noSchemas, buildSerializer: () => noSchemas } };

/** Builds the application; it does not listen yet. `dashboard` is the folder of the built dashboard, if there is one. */
export function buildHttpApp(context: ServerContext, dashboard: string | null): FastifyInstance {
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: LONGEST_PATH_PART },
    schemaController: NO_SCHEMAS,
    frameworkErrors: (error, _request, reply) => sendFailure(context, reply, new Failure('request_malformed', { reason: reasonOf(error) })),
    clientErrorHandler: (error, socket) => endMalformed(error, socket),
  });
  app.decorateRequest('principal', null);
  app.decorateRequest('bodyLimit', 0);
  readBodies(app);
  const routes = knownRoutes(app);
  app.setErrorHandler((error, request, reply) => sendFailure(context, reply, translated(error, request.headers['content-type'])));
  app.setNotFoundHandler((request, reply) => {
    try {
      admit(context, request.raw.headers);
      throw notFound(routes, request.method, request.url.replace(/\?.*$/, ''));
    } catch (error) {
      sendFailure(context, reply, error);
    }
  });
  addPlainRoutes(app, context);
  addMetricsRoute(app, context);
  addDashboardRoutes(app, context, dashboard);
  addPageRoutes(app, context);
  addBatchRoute(app, context);
  addMcpRoutes(app, context);
  addOperationRoutes(app, context);
  return app;
}

function noSchemas(): never {
  throw new TypeError('routes have no schemas of their own: the contract checks what comes and goes');
}

/** JSON only; a body of another type is refused before it is read, which also stops foreign pages' forms. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', (request, payload, done) => {
    const announced = Number(request.raw.headers['content-length'] ?? 0);
    readJsonBody(payload, announced, request.bodyLimit, done);
  });
}

/** Every route as a pattern, for the answer to a path that exists under another method. */
function knownRoutes(app: FastifyInstance): { readonly method: string; readonly pattern: RegExp }[] {
  const routes: { method: string; pattern: RegExp }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    const pattern = new RegExp(`^${url.replaceAll('.', String.raw`\.`).replaceAll(/:\w+/g, '[^/]+')}$`);
    for (const each of [method].flat()) routes.push({ method: each, pattern });
  });
  return routes;
}

function notFound(routes: ReturnType<typeof knownRoutes>, method: string, path: string): Failure {
  const allowed = [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map((route) => route.method))];
  const shown = path.slice(0, 200);
  if (allowed.length === 0) return new Failure('operation_unknown', { operation: `${method} ${shown}` });
  return new Failure('method_not_allowed', { path: shown, method, allowed: allowed.join(', ') });
}

/** Fastify's own errors in our words. */
function translated(error: unknown, mediaType: string | undefined): unknown {
  if (error instanceof Failure || !(error instanceof Error) || !('statusCode' in error)) return error;
  const status = Number(error.statusCode);
  if (status === 415) return new Failure('unsupported_media_type', { media_type: mediaType?.slice(0, 100) ?? '(none)' });
  return status >= 400 && status < 500 ? new Failure('request_malformed', { reason: error.message }, error) : error;
}

/** Answers what Node could not even read as HTTP. */
function endMalformed(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf(new Failure('request_malformed', { reason: error.code ?? error.message }));
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
