/**
 * Writes answers. Every answer is for its caller alone and for now: nothing may store it, sniff it or frame it.
 */
import type { FastifyReply } from 'fastify';
import { Failure } from '../contract/failure.ts';
import { asFailure, PROBLEM_TYPE, problemHeaders, problemOf } from './problem.ts';
import type { ServerContext } from './server-context.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const LONGEST_TEXT = 2 ** 29 - 24;

/** Sends an operation's output. */
export function sendJson(context: ServerContext, reply: FastifyReply, output: unknown): void {
  let text: string;
  try {
    text = JSON.stringify(output);
  } catch (error) {
    // The engine's own limit of a text is the only thing that JSON values can run into.
    sendFailure(context, reply, error instanceof RangeError ? new Failure('answer_too_large', { limit: LONGEST_TEXT }, error) : error);
    return;
  }
  sendJsonText(context, reply, text);
}

/** Sends an answer that is JSON already. */
export function sendJsonText(context: ServerContext, reply: FastifyReply, text: string): void {
  sendText(context, reply, JSON_TYPE, text);
}

/** Sends what was thrown as a problem; `status` overrides that of the catalogue. What is our own fault is logged. */
export function sendFailure(context: ServerContext, reply: FastifyReply, error: unknown, status?: number): void {
  const failure = asFailure(error);
  const problem = status === undefined ? problemOf(failure) : { ...problemOf(failure), status };
  if (failure.code === 'internal') {
    context.log.error(
      { err: failure.cause ?? failure, method: reply.request.method, path: reply.request.routeOptions.url },
      failure.message,
    );
  }
  reply.status(problem.status).headers(problemHeaders(failure));
  sendText(context, reply, PROBLEM_TYPE, JSON.stringify(problem));
}

/** Sends a text of any type. */
export function sendText(context: ServerContext, reply: FastifyReply, type: string, text: string): void {
  if (context.closing) reply.header('connection', 'close');
  reply.header('content-type', type).header('cache-control', 'no-store').header('x-content-type-options', 'nosniff').send(text);
}
