/**
 * The calls of a live client that are not answered yet. Calls made in one turn share a frame. After a reconnect all of them
 * are sent again, in their order and under the same command ids. Invariant: a ticket is settled exactly once.
 */
import { BATCH_BYTES, BATCH_CALLS } from '../contract/doors.ts';
import { Failure } from '../contract/failure.ts';
import type { CancelTimer, Clock, Random } from '../contract/ports.ts';
import { failureFrom, isObject } from './read-answer.ts';
import { retryDelay, type RetryPolicy } from './retry-policy.ts';
import type { ReceivedFrame } from './live-socket.ts';

/** How a call went: its output, or the Failure. */
export type Settled = { readonly ok: true; readonly output: unknown } | { readonly ok: false; readonly error: Failure };

/** Calls that are answered together. */
export interface Ticket {
  /** Each call as JSON. */
  readonly calls: readonly string[];
  /** Shares frames with others; false for calls that may wait long. */
  readonly shares: boolean;
  /** Sent again by itself when its only call meets a passing failure. */
  readonly repeats: boolean;
  /** ms since 1970. */
  readonly deadline: number;
  readonly settle: (outcomes: readonly Settled[]) => void;
  readonly fail: (failure: Failure) => void;
}

/** What the tickets need. */
export interface CallTicketsOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly retry: RetryPolicy;
  readonly isOnline: () => boolean;
  readonly bufferedAmount: () => number;
  readonly send: (text: string) => void;
}

interface OpenTicket extends Ticket {
  attempts: number;
  /** In a frame, or in a pause before the next attempt. */
  underway: boolean;
}

const TICKETS_AT_MOST = 100_000;
const FRAME_CHARACTERS = 1_048_576;
const UNSENT_BYTES = 8 * 1_048_576;

/** The calls that are not answered yet. */
export class CallTickets {
  readonly #options: CallTicketsOptions;
  readonly #open = new Set<OpenTicket>();
  #unsent: OpenTicket[] = [];
  #frames = new Map<number, readonly OpenTicket[]>();
  #lastFrame = 0;
  #flushing = false;
  #checkAt = Infinity;
  #cancelCheck: CancelTimer = () => undefined;
  #offline: Failure | null = null;
  #closed = false;

  constructor(options: CallTicketsOptions) {
    this.#options = options;
  }

  /** Takes calls in. Returns how to give them up; they are settled no more then. */
  add(given: Ticket): () => void {
    const ticket: OpenTicket = { ...given, attempts: 0, underway: false };
    const size = given.calls.reduce((sum, call) => sum + call.length, 0);
    if (this.#closed) given.fail(aborted());
    else if (size > BATCH_BYTES) given.fail(new Failure('body_too_large', { limit: BATCH_BYTES }));
    else if (this.#open.size >= TICKETS_AT_MOST) {
      given.fail(new Failure('too_many_requests', { reason: `${this.#open.size} calls wait for the connection`, retry_after: 1 }));
    } else {
      this.#open.add(ticket);
      this.#unsent.push(ticket);
      this.#checkBy(ticket.deadline);
      this.#flushSoon();
    }
    return () => this.#open.delete(ticket);
  }

  /** The connection is there: everything is sent again. */
  online(): void {
    this.#offline = null;
    this.#frames = new Map();
    this.#unsent = [...this.#open];
    for (const ticket of this.#unsent) ticket.underway = false;
    this.#flush();
  }

  /** The connection is gone. What a later attempt cannot mend fails now, the rest waits for its deadline. */
  offline(failure: Failure): void {
    this.#offline = failure;
    this.#frames = new Map();
    if (!failure.retryable) this.#failAll(failure);
  }

  /** Takes no more calls; those that are not answered end as `call_aborted`. */
  close(): void {
    this.#closed = true;
    this.#failAll(aborted());
  }

  #failAll(failure: Failure): void {
    const tickets = [...this.#open];
    this.#open.clear();
    this.#unsent = [];
    this.#cancelCheck();
    this.#checkAt = Infinity;
    for (const ticket of tickets) ticket.fail(failure);
  }

  /** Takes a `result`, `results`, or an `error` that names a frame. False when it is none of ours. */
  receive(frame: ReceivedFrame): boolean {
    const id = Number(frame['id']);
    const tickets = this.#frames.get(id);
    if (tickets === undefined) return false;
    this.#frames.delete(id);
    const answers = frame['type'] === 'results' ? (frame['results'] as readonly ReceivedFrame[]) : [frame];
    let at = 0;
    for (const ticket of tickets) {
      const own = frame['type'] === 'error' ? ticket.calls.map(() => frame) : answers.slice(at, at + ticket.calls.length);
      at += ticket.calls.length;
      if (this.#open.has(ticket)) this.#answer(ticket, own.map(settledOf));
    }
    if (this.#unsent.length > 0) this.#flushSoon();
    return true;
  }

  #answer(ticket: OpenTicket, outcomes: readonly Settled[]): void {
    const [first] = outcomes;
    const { retry, clock, random } = this.#options;
    ticket.attempts += 1;
    if (ticket.repeats && first?.ok === false && first.error.retryable && ticket.attempts < retry.attempts) {
      clock.after(retryDelay(retry, ticket.attempts, random.next(), first.error), () => {
        if (!this.#open.has(ticket) || !ticket.underway) return;
        this.#unsent.push(ticket);
        ticket.underway = false;
        this.#flush();
      });
      return;
    }
    this.#open.delete(ticket);
    ticket.settle(outcomes);
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    const { isOnline, bufferedAmount } = this.#options;
    if (!isOnline()) return;
    const waiting = this.#unsent.filter((ticket) => this.#open.has(ticket) && !ticket.underway);
    let from = 0;
    while (from < waiting.length && bufferedAmount() < UNSENT_BYTES) from = this.#sendFrame(waiting, from);
    this.#unsent = from === 0 ? waiting : waiting.slice(from);
  }

  /** Sends as many tickets as fit into one frame; returns where the next frame begins. */
  #sendFrame(waiting: readonly OpenTicket[], from: number): number {
    const calls: string[] = [];
    let size = 0;
    let to = from;
    for (let ticket = waiting[to]; ticket !== undefined; ticket = waiting[to]) {
      const own = ticket.calls.reduce((sum, call) => sum + call.length, 0);
      const fits = ticket.shares && calls.length + ticket.calls.length <= BATCH_CALLS && size + own <= FRAME_CHARACTERS;
      if (to > from && !fits) break;
      calls.push(...ticket.calls);
      size += own;
      ticket.underway = true;
      to += 1;
      if (!ticket.shares) break;
    }
    this.#lastFrame += 1;
    const id = this.#lastFrame;
    this.#frames.set(id, waiting.slice(from, to));
    const [only = ''] = calls;
    this.#options.send(
      calls.length === 1 ? `{"type":"call","id":${id},${only.slice(1)}` : `{"type":"calls","id":${id},"calls":[${calls.join(',')}]}`,
    );
    return to;
  }

  /** One timer watches all deadlines. */
  #checkBy(deadline: number): void {
    if (deadline >= this.#checkAt) return;
    this.#cancelCheck();
    this.#checkAt = deadline;
    this.#cancelCheck = this.#options.clock.after(Math.max(0, deadline - this.#options.clock.now()), () => this.#check());
  }

  #check(): void {
    const { clock, url } = this.#options;
    const now = clock.now();
    let next = Infinity;
    this.#checkAt = Infinity;
    for (const ticket of this.#open) {
      if (ticket.deadline > now) next = Math.min(next, ticket.deadline);
      else {
        this.#open.delete(ticket);
        ticket.fail(this.#offline ?? new Failure('server_unreachable', { url, reason: 'no answer in time' }));
      }
    }
    if (next < Infinity) this.#checkBy(next);
  }
}

function aborted(): Failure {
  return new Failure('call_aborted', { operation: 'a closed client' });
}

function settledOf(answer: ReceivedFrame | undefined): Settled {
  if (answer?.['ok'] === true) return { ok: true, output: answer['output'] };
  return { ok: false, error: failureFrom(isObject(answer?.['error']) ? answer['error'] : {}) };
}
