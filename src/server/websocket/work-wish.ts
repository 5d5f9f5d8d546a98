/**
 * A session's standing wish for work on one connection. The engine counts it as demand, and what it gives the session
 * is pushed. States: standing → ended (the connection closed, the wish was withdrawn, the session left or was replaced).
 * Invariant: a lease is pushed once.
 */
import type { LogEvent } from '../../contract/event.ts';
import { Failure } from '../../contract/failure.ts';
import type { OutputOf } from '../../contract/operations.ts';
import { outstandingWork } from '../../views/outstanding-work.ts';
import { viewContextOf } from '../invoke.ts';
import type { Principal } from '../principal.ts';
import { asFailure } from '../problem.ts';
import type { HubWish, SwarmHub } from './swarm-hub.ts';

/** Where a wish is answered. */
export interface WishTarget {
  hasRoom(): boolean;
  push(sessionId: string, work: OutputOf<'work.request'>): void;
  /** The wish is over without having been withdrawn. */
  ended(sessionId: string, failure: Failure): void;
}

/** A session's standing wish for work on one connection. */
export class WorkWish implements HubWish {
  readonly session_id: string;
  readonly #hub: SwarmHub;
  readonly #target: WishTarget;
  readonly #incarnation: number | null;
  readonly #endings: (() => void)[];
  #pushed = new Set<number>();
  #looking = false;
  #again = false;

  constructor(hub: SwarmHub, target: WishTarget, session: { readonly id: string; readonly principal: Principal }) {
    this.session_id = session.id;
    this.#hub = hub;
    this.#target = target;
    this.#incarnation = session.principal.caller.credential?.incarnation ?? null;
    this.#endings = [hub.follow(this), hub.engine.standFor(session.id)];
    this.look();
  }

  /** Pushes what the session was given and does not know of. */
  look(): void {
    this.#again = true;
    if (!this.#looking) void this.#look();
  }

  retry(): void {
    if (this.#again) this.look();
  }

  notice(event: LogEvent): void {
    const { session_id } = this;
    if (event.type === 'session_deregistered') this.#over(new Failure('session_ended', { session_id }));
    else if (event.type === 'task_assigned') this.look();
    else if (event.type === 'session_registered' && this.#incarnation !== null && this.#incarnation !== event.seq)
      this.#over(new Failure('incarnation_stale', { session_id }));
  }

  /** Withdraws the wish. */
  end(): void {
    for (const end of this.#endings.splice(0)) end();
  }

  get #standing(): boolean {
    return this.#endings.length > 0;
  }

  async #look(): Promise<void> {
    this.#looking = true;
    try {
      while (this.#again && this.#standing && this.#target.hasRoom()) {
        this.#again = false;
        await this.#push();
      }
    } catch (error) {
      const failure = asFailure(error);
      this.#again = true;
      if (!failure.retryable) this.#over(failure);
    } finally {
      this.#looking = false;
    }
  }

  async #push(): Promise<void> {
    const { engine } = this.#hub;
    const found = await engine.read((state) => outstandingWork(state, this.session_id, this.#pushed, viewContextOf(engine)));
    this.#pushed = new Set(found.map(({ lease }) => lease));
    for (const { work } of found) {
      const answer = work === null ? null : await work;
      if (answer !== null && this.#standing) this.#target.push(this.session_id, answer);
    }
  }

  #over(failure: Failure): void {
    if (!this.#standing) return;
    this.end();
    this.#target.ended(this.session_id, failure);
  }
}
