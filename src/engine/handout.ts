/**
 * Brings the sessions that want work and the ready tasks together.
 * Invariant: whoever is given a task while its request is parked is answered.
 */
import type { Fact, LogEvent } from '../contract/event.ts';
import type { DispatchInsight } from '../domain/dispatch/candidates.ts';
import { Dispatcher } from '../domain/dispatch/dispatch.ts';
import type { SwarmState } from '../domain/state.ts';
import { Demand } from './demand.ts';

/** The demand of one swarm and its dispatch. */
export class Handout {
  readonly demand = new Demand();
  readonly #dispatcher = new Dispatcher();
  readonly #now: () => number;
  readonly #record: (fact: Fact) => void;

  /** `record` must fold the fact in, and pass its event to `note`. */
  constructor(now: () => number, record: (fact: Fact) => void) {
    this.#now = now;
    this.#record = record;
  }

  /** Follows an event that was just folded in. */
  note(state: SwarmState, event: LogEvent): void {
    this.#dispatcher.note(state, event);
  }

  /** The state was read anew. */
  forget(): void {
    this.#dispatcher.forget();
  }

  /** Gives ready tasks to the sessions that want work; `also` wants work just now. */
  run(state: SwarmState, also: string | null): void {
    if (state.ready.size === 0 || (also === null && this.demand.none)) return;
    this.#dispatcher.run(state, this.demand.with(also), this.#now(), (fact, { id }) => {
      this.#record(fact);
      this.demand.wake(id);
    });
  }

  /** How work is given out at this moment, for views. */
  insight(state: SwarmState): DispatchInsight {
    const demanding = this.demand.with(null);
    return {
      wants: (sessionId) => demanding.has(sessionId),
      candidates: (task) => this.#dispatcher.candidates(state, task, demanding, this.#now()),
    };
  }
}
