/**
 * The batch door: many calls in one request, each answered for itself. The commands of a batch share one commit.
 * Bounds: a batch holds the loop for some milliseconds at a time, and its answer is cut off at 64 Mi characters.
 */
import type { FastifyInstance } from 'fastify';
import { type BatchCall, batchInput } from '../contract/batch.ts';
import { BATCH_BYTES } from '../contract/doors.ts';
import { Failure } from '../contract/failure.ts';
import { post } from '../contract/operation.ts';
import type { Listener } from '../engine/command.ts';
import { AnswerSheet } from './answer-sheet.ts';
import { callOperation } from './call-operation.ts';
import { operationNamed } from './invoke.ts';
import { addRoute, admitted, entryOf, swarmOf } from './operation-routes.ts';
import { type Principal, withCredential } from './principal.ts';
import { asFailure, problemOf } from './problem.ts';
import { sendFailure, sendJsonText } from './send-reply.ts';
import type { ServerContext } from './server-context.ts';
import { takeInTurns } from './take-in-turns.ts';
import { validatorFor } from './validate-input.ts';

/** What the calls of a batch have in common. */
interface Batch {
  readonly context: ServerContext;
  readonly swarm: string;
  readonly principal: Principal;
  readonly signalFor: (name: string, input: unknown) => AbortSignal | undefined;
  /** Characters of the answers so far. */
  answered: number;
}

const ANSWER_LIMIT = 64 * 1_048_576;

const validate = validatorFor(batchInput);

/** Adds `POST /batch`. */
export function addBatchRoute(app: FastifyInstance, context: ServerContext): void {
  const enter = entryOf(context, { changes: true, limit: BATCH_BYTES, check: () => undefined });
  addRoute(app, post('/batch'), enter, (request, reply) => {
    try {
      if (request.body instanceof Failure) throw request.body;
      const { calls } = validate(request.body ?? {});
      const signalFor: Batch['signalFor'] = (name, input) => context.longPolls.signalFor(name, input, reply.raw);
      const batch: Batch = { context, swarm: swarmOf(request), principal: admitted(request), signalFor, answered: 0 };
      answerAll(batch, calls, (results) => sendJsonText(context, reply, `{"results":[${results.join(',')}]}`));
    } catch (error) {
      sendFailure(context, reply, error);
    }
  });
}

/** The results as JSON; the calls are taken in their order, in several turns of the loop when they are costly. */
function answerAll(batch: Batch, calls: readonly BatchCall[], onAnswered: (results: readonly string[]) => void): void {
  const sheet = new AnswerSheet<string>(calls.length, { succeeded: (output) => succeeded(batch, output), failed }, onAnswered);
  const take = (index: number): void => answer(batch, calls[index] as BatchCall, sheet.line(index));
  takeInTurns(calls.length, take, () => undefined);
}

/** Calls one operation of the batch; never throws. */
function answer(batch: Batch, call: BatchCall, listener: Listener<unknown>): void {
  const { context, swarm } = batch;
  try {
    const operation = operationNamed(call.operation);
    const input = call.input ?? {};
    const principal = call.credential === undefined ? batch.principal : withCredential(context, batch.principal, call.credential);
    callOperation(context, { swarm, operation, input, principal, signal: batch.signalFor(operation, input) }, listener);
  } catch (error) {
    listener.reject(error);
  }
}

function succeeded(batch: Batch, output: unknown): string {
  if (batch.answered > ANSWER_LIMIT) return failed(new Failure('answer_too_large', { limit: ANSWER_LIMIT }));
  try {
    const text = `{"ok":true,"output":${JSON.stringify(output)}}`;
    batch.answered += text.length;
    return text;
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): string {
  return `{"ok":false,"error":${JSON.stringify(problemOf(asFailure(error)))}}`;
}
