/**
 * The calls of one connection. Calls of a frame are taken in their order and answered in one frame, in their order.
 * A frame with costly calls is taken in several turns of the loop, so that others are served in between.
 * Invariant: every call is answered once; `inFlight` counts those that are not answered yet.
 */
import type { BatchCall } from '../../contract/batch.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import type { ClientFrame } from '../../contract/websocket.ts';
import { callOperation } from '../call-operation.ts';
import { operationNamed } from '../invoke.ts';
import type { Principal } from '../principal.ts';
import { asFailure, problemOf } from '../problem.ts';
import type { ServerContext } from '../server-context.ts';

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

type Outcome = { readonly ok: true; readonly output: unknown } | { readonly ok: false; readonly error: unknown };

type Answer =
  | ({ readonly type: 'result'; readonly id: string | number } & Outcome)
  | { readonly type: 'results'; readonly id: string | number; readonly results: readonly Outcome[] };

/** How long one frame may hold the loop, in ms, and how many calls pass between two looks at the clock. */
const TURN_MS = 8;
const CALLS_BETWEEN_LOOKS = 16;

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
    this.#start({ operation, input, credential }, (outcome) => this.#answer(1, { type: 'result', id, ...outcome }));
  }

  /** Takes several calls. */
  calls({ id, calls }: ClientFrame<'calls'>): void {
    const results = Array.from<Outcome>({ length: calls.length });
    let missing = calls.length;
    this.#inFlight += calls.length;
    this.#take(calls, 0, (index, outcome) => {
      results[index] = outcome;
      missing -= 1;
      if (missing === 0) this.#answer(calls.length, { type: 'results', id, results });
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

  #take(calls: readonly BatchCall[], from: number, settle: (index: number, outcome: Outcome) => void): void {
    const begun = performance.now();
    this.#taking = false;
    for (let index = from; index < calls.length; index += 1) {
      const late = index > from && index % CALLS_BETWEEN_LOOKS === 0 && performance.now() - begun > TURN_MS;
      if (late) {
        this.#taking = true;
        setImmediate(() => {
          this.#take(calls, index, settle);
          if (!this.#taking) this.#options.onProgress();
        });
        return;
      }
      this.#start(calls[index] as BatchCall, (outcome) => settle(index, outcome));
    }
  }

  #start(call: BatchCall, settle: (outcome: Outcome) => void): void {
    this.#invoke(call).then(
      (output) => settle({ ok: true, output }),
      (error: unknown) => settle(refused(error)),
    );
  }

  #invoke({ operation, input = {}, credential }: BatchCall): Promise<unknown> {
    const { context, swarm, principal } = this.#options;
    try {
      const call = { swarm, operation: operationNamed(operation), input, principal: principal(credential) };
      if (operation === 'work.request') return this.#waitFor(call);
      const answer = callOperation(context, call);
      return OPERATIONS[call.operation].kind === 'query' ? this.#counted(answer) : answer;
    } catch (error) {
      return Promise.reject(asFailure(error));
    }
  }

  #counted(answer: Promise<unknown>): Promise<unknown> {
    this.#queries += 1;
    return answer.finally(() => (this.#queries -= 1));
  }

  #waitFor(call: Parameters<typeof callOperation>[1]): Promise<unknown> {
    const controller = new AbortController();
    this.#waiting.add(controller);
    return callOperation(this.#options.context, { ...call, signal: controller.signal }).finally(() => this.#waiting.delete(controller));
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

function refused(error: unknown): Outcome {
  return { ok: false, error: problemOf(asFailure(error)) };
}
