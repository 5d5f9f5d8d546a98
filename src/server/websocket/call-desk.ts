/**
 * The calls of one connection. Calls of a frame are taken in their order and answered in one frame, in their order.
 * A frame with costly calls is taken in several turns of the loop, so that others are served in between.
 * Invariant: every call is answered once; `inFlight` counts those that are not answered yet.
 */
import type { BatchCall } from '../../contract/batch.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import type { ClientFrame } from '../../contract/websocket.ts';
import { type Listener, refuse } from '../../engine/command.ts';
import { type AnswerForm, AnswerSheet } from '../answer-sheet.ts';
import { callOperation, type OperationCall } from '../call-operation.ts';
import { operationNamed } from '../invoke.ts';
import { callWaits } from '../long-polls.ts';
import type { Principal } from '../principal.ts';
import { asFailure, problemOf } from '../problem.ts';
import type { ServerContext } from '../server-context.ts';
import { takeInTurns } from '../take-in-turns.ts';

/** What a desk needs. */
export interface CallDeskOptions {
  readonly context: ServerContext;
  /** Name of the swarm. */
  readonly swarm: string;
  /** Who calls; of the credential when one is given. Throws Failure `credential_invalid`. */
  readonly principal: (credential: string | undefined) => Principal;
  readonly send: (text: string) => void;
  /** Told after each answer, and when a frame has been taken to its end. */
  readonly onProgress: () => void;
}

type Refused = { readonly ok: false; readonly error: unknown };
type Outcome = { readonly ok: true; readonly output: unknown } | Refused;

type Answer =
  | ({ readonly type: 'result'; readonly id: string | number } & Outcome)
  | { readonly type: 'results'; readonly id: string | number; readonly results: readonly Outcome[] };

const FORM: AnswerForm<Outcome> = { succeeded: (output) => ({ ok: true, output }), failed: refused };

/** The calls of one connection. */
export class CallDesk {
  readonly #options: CallDeskOptions;
  readonly #waiting = new Set<AbortController>();
  #inFlight = 0;
  #queries = 0;
  #taking = false;
  #ended = false;

  constructor(options: CallDeskOptions) {
    this.#options = options;
  }

  /** Calls that are not answered yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Queries among them. */
  get queriesInFlight(): number {
    return this.#queries;
  }

  /** True while a frame is being taken: the next one must wait, or it would overtake. */
  get taking(): boolean {
    return this.#taking;
  }

  /** Takes one call. */
  call({ id, operation, input, credential }: ClientFrame<'call'>): void {
    this.#inFlight += 1;
    this.#start(
      { operation, input, credential },
      {
        resolve: (output) => this.#answer(1, { type: 'result', id, ok: true, output }),
        reject: (error) => this.#answer(1, { type: 'result', id, ...refused(error) }),
      },
    );
  }

  /** Takes several calls. */
  calls({ id, calls }: ClientFrame<'calls'>): void {
    this.#inFlight += calls.length;
    const sheet = new AnswerSheet(calls.length, FORM, (results) => this.#answer(calls.length, { type: 'results', id, results }));
    const take = (index: number): void => this.#start(calls[index] as BatchCall, sheet.line(index));
    this.#taking = !takeInTurns(calls.length, take, () => {
      this.#taking = false;
      this.#options.onProgress();
    });
  }

  /** Answers what only waits for work, at once. */
  endWaiting(): void {
    for (const waiting of this.#waiting) waiting.abort();
  }

  /** The connection is gone: nothing is answered any more. */
  end(): void {
    this.#ended = true;
    this.endWaiting();
  }

  #start({ operation, input = {}, credential }: BatchCall, listener: Listener<unknown>): void {
    const { context, swarm, principal } = this.#options;
    try {
      const call = { swarm, operation: operationNamed(operation), input, principal: principal(credential) };
      const told = OPERATIONS[call.operation].kind === 'query' ? this.#counted(listener) : listener;
      if (operation === 'work.request' || callWaits(operation, input)) this.#waitFor(call, told);
      else callOperation(context, call, told);
    } catch (error) {
      refuse(asFailure(error), listener);
    }
  }

  #counted(listener: Listener<unknown>): Listener<unknown> {
    this.#queries += 1;
    return after(() => (this.#queries -= 1), listener);
  }

  #waitFor(call: OperationCall, listener: Listener<unknown>): void {
    const controller = new AbortController();
    this.#waiting.add(controller);
    const done = after(() => this.#waiting.delete(controller), listener);
    callOperation(this.#options.context, { ...call, signal: controller.signal }, done);
  }

  #answer(calls: number, frame: Answer): void {
    this.#inFlight -= calls;
    if (this.#ended) return;
    this.#options.send(textOf(frame));
    this.#options.onProgress();
  }
}

/** An answer can be longer than a string can be. */
function textOf(frame: Answer): string {
  try {
    return JSON.stringify(frame);
  } catch (error) {
    return JSON.stringify({ type: 'error', id: frame.id, error: problemOf(asFailure(error)) });
  }
}

/** The listener, told after `first` was done. */
function after(first: () => void, listener: Listener<unknown>): Listener<unknown> {
  return {
    resolve: (output) => {
      first();
      listener.resolve(output);
    },
    reject: (error) => {
      first();
      listener.reject(error);
    },
  };
}

function refused(error: unknown): Refused {
  return { ok: false, error: problemOf(asFailure(error)) };
}
