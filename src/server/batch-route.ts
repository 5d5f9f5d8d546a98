/**
 * The batch door: many calls in one request, each answered for itself. The commands of a batch share one commit.
 */
import type { FastifyInstance } from 'fastify';
import { BATCH_BYTES, type BatchCall, batchInput } from '../contract/batch.ts';
import { Failure } from '../contract/failure.ts';
import { post } from '../contract/operation.ts';
import { callOperation } from './call-operation.ts';
import { operationNamed } from './invoke.ts';
import { addRoute, admitted, entryOf, swarmOf } from './operation-routes.ts';
import { type Principal, withCredential } from './principal.ts';
import { asFailure, problemOf } from './problem.ts';
import { sendFailure, sendJson } from './send-reply.ts';
import type { ServerContext } from './server-context.ts';
import { validatorFor } from './validate-input.ts';

/** The calls of a batch with what they have in common. */
interface Batch {
  readonly swarm: string;
  readonly principal: Principal;
  readonly signalFor: (name: string, input: unknown) => AbortSignal | undefined;
}

const validate = validatorFor(batchInput);

/** Adds `POST /batch`. */
export function addBatchRoute(app: FastifyInstance, context: ServerContext): void {
  const enter = entryOf(context, { changes: true, limit: BATCH_BYTES, check: () => undefined });
  addRoute(app, post('/batch'), enter, (request, reply) => {
    try {
      if (request.body instanceof Failure) throw request.body;
      const { calls } = validate(request.body ?? {});
      const signalFor: Batch['signalFor'] = (name, input) => context.longPolls.signalFor(name, input, reply.raw);
      const batch = { swarm: swarmOf(request), principal: admitted(request), signalFor };
      void Promise.all(calls.map((call) => answerTo(context, batch, call))).then((results) => sendJson(context, reply, { results }));
    } catch (error) {
      sendFailure(context, reply, error);
    }
  });
}

/** The result of one call; never rejects. */
function answerTo(context: ServerContext, batch: Batch, call: BatchCall): Promise<unknown> {
  try {
    const operation = operationNamed(call.operation);
    const input = call.input ?? {};
    const principal = call.credential === undefined ? batch.principal : withCredential(context, batch.principal, call.credential);
    const signal = batch.signalFor(operation, input);
    return callOperation(context, { swarm: batch.swarm, operation, input, principal, signal }).then(succeeded, failed);
  } catch (error) {
    return Promise.resolve(failed(error));
  }
}

function succeeded(output: unknown): unknown {
  return { ok: true, output };
}

function failed(error: unknown): unknown {
  return { ok: false, error: problemOf(asFailure(error)) };
}
