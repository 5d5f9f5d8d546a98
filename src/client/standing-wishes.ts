/**
 * The standing wishes for work of a live client: asked for anew on every connection.
 * Invariant: an assignment, known by its lease, is handed over once, also when it is pushed again after a reconnect.
 */
import type { Failure } from '../contract/failure.ts';
import type { OutputOf } from '../contract/operations.ts';
import type { Clock } from '../contract/ports.ts';
import type { ReceivedFrame } from './live-socket.ts';
import { failureFrom, isObject } from './read-answer.ts';

/** Work for a session, as work.request answers. */
export type PushedWork = OutputOf<'work.request'>;

/** What happens to a wish. Handlers must not throw. */
export interface WishHandlers {
  readonly onAssignment: (work: PushedWork) => void;
  /** The server refuses the wish at the moment; it is asked for again. */
  readonly onRefused: (failure: Failure) => void;
}

interface OpenWish extends WishHandlers {
  readonly session_id: string;
  readonly leases: Set<number>;
}

/** What the wishes need. */
export interface StandingWishesOptions {
  readonly clock: Clock;
  /** Pause before a refused wish is asked for again, in ms. */
  readonly pauseMs: number;
  readonly isOnline: () => boolean;
  readonly send: (text: string) => void;
}

const LEASES_REMEMBERED = 2000;

/** The standing wishes for work of a live client. */
export class StandingWishes {
  readonly #options: StandingWishesOptions;
  readonly #open = new Map<string, OpenWish>();

  constructor(options: StandingWishesOptions) {
    this.#options = options;
  }

  /** Begins a wish, in place of an earlier one of the session. Returns how to withdraw it. */
  add(session_id: string, handlers: WishHandlers): () => void {
    const wish: OpenWish = { ...handlers, session_id, leases: new Set() };
    this.#open.set(session_id, wish);
    this.#ask(wish, true);
    return () => {
      if (this.#open.get(session_id) !== wish) return;
      this.#open.delete(session_id);
      this.#ask(wish, false);
    };
  }

  /** The connection is there: every wish is told again. */
  online(): void {
    for (const wish of this.#open.values()) this.#ask(wish, true);
  }

  /** Takes a frame that belongs to a wish. False when it does not. */
  receive(frame: ReceivedFrame): boolean {
    const wish = this.#open.get(String(frame['session_id']));
    if (wish === undefined) return false;
    if (frame['type'] === 'assignment') this.#hand(wish, frame as unknown as PushedWork);
    else if (frame['type'] === 'working' && isObject(frame['error'])) this.#refused(wish, failureFrom(frame['error']));
    return true;
  }

  #hand(wish: OpenWish, { task, assignment }: PushedWork): void {
    if (assignment === null || wish.leases.has(assignment.lease)) return;
    wish.leases.add(assignment.lease);
    const [oldest] = wish.leases.size > LEASES_REMEMBERED ? wish.leases : [];
    if (oldest !== undefined) wish.leases.delete(oldest);
    wish.onAssignment({ task, assignment });
  }

  #refused(wish: OpenWish, failure: Failure): void {
    this.#options.clock.after(this.#options.pauseMs, () => {
      if (this.#open.get(wish.session_id) === wish) this.#ask(wish, true);
    });
    wish.onRefused(failure);
  }

  #ask({ session_id }: OpenWish, wanted: boolean): void {
    if (this.#options.isOnline()) this.#options.send(JSON.stringify({ type: 'work', session_id, wanted }));
  }
}
