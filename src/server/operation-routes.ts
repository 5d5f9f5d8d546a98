/**
 * The HTTP door: every path of every operation, bare for the default swarm and below `/s/{swarm}` for any.
 * Invariant: a request is admitted, and its role checked, before its body is read.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../contract/failure.ts';
import type { HttpPath } from '../contract/operation.ts';
import { OPERATIONS, type OperationName } from '../contract/operations.ts';
import { callOperation, checkRole } from './call-operation.ts';
import { inputReaderOf } from './http-input.ts';
import { type Principal, principalOf } from './principal.ts';
import { admit, admitChange } from './request-gate.ts';
import { sendFailure, sendJson } from './send-reply.ts';
import { DEFAULT_SWARM, type ServerContext } from './server-context.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; set before the body is read. */
    principal: Principal | null;
    /** Most bytes that the body may have. */
    bodyLimit: number;
  }
}

/** Adds the routes of the operations table. */
export function addOperationRoutes(app: FastifyInstance, context: ServerContext): void {
  for (const name of Object.keys(OPERATIONS) as OperationName[]) {
    const { kind, limit, paths } = OPERATIONS[name];
    const handler = handlerOf(context, name);
    const enter = entryOf(context, { changes: kind !== 'query', limit, check: (principal) => checkRole(name, principal.role) });
    for (const path of paths) addRoute(app, path, enter, handler);
  }
}

/** What a route asks of a request before its body is read. */
export interface Entry {
  /** True when it may change state. */
  readonly changes: boolean;
  readonly limit: number;
  readonly check: (principal: Principal) => void;
}

type Enter = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;
type Handler = (request: FastifyRequest, reply: FastifyReply) => void;

/** Admits a request, or answers why not. */
export function entryOf(context: ServerContext, { changes, limit, check }: Entry): Enter {
  return (request, reply, done) => {
    try {
      const { headers } = request.raw;
      admit(context, headers);
      if (changes) admitChange(context, headers);
      request.principal = principalOf(context, headers);
      check(request.principal);
      request.bodyLimit = limit;
    } catch (error) {
      sendFailure(context, reply, error);
      return;
    }
    done();
  };
}

/** Adds a route for the default swarm and for any. */
export function addRoute(app: FastifyInstance, { method, path }: HttpPath, enter: Enter, handler: Handler): void {
  const url = path.replaceAll(/\{(\w+)\}/g, ':$1');
  app.route({ method, url, onRequest: enter, handler });
  app.route({ method, url: `/s/:swarm${url}`, onRequest: enter, handler });
}

/** The swarm that a request names. */
export function swarmOf(request: FastifyRequest): string {
  return (request.params as { readonly swarm?: string }).swarm ?? DEFAULT_SWARM;
}

/** The principal that the entry found. */
export function admitted({ principal }: FastifyRequest): Principal {
  if (principal === null) throw new Failure('unauthenticated');
  return principal;
}

function handlerOf(context: ServerContext, name: OperationName): Handler {
  const readInput = inputReaderOf(name);
  return (request, reply) => {
    const { body, params, query, raw } = request;
    const listener = {
      resolve: (output: unknown) => sendJson(context, reply, output),
      reject: (error: unknown) => sendFailure(context, reply, error),
    };
    try {
      if (body instanceof Failure) throw body;
      const parts = { body, query: query as Record<string, unknown>, params: params as Record<string, unknown> };
      const input = readInput({ ...parts, idempotencyKey: single(raw.headers['idempotency-key']) });
      const signal = context.longPolls.signalFor(name, input, reply.raw);
      callOperation(context, { swarm: swarmOf(request), operation: name, input, principal: admitted(request), signal }, listener);
    } catch (error) {
      listener.reject(error);
    }
  };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}
