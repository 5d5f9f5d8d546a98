/**
 * Brings the sessions that want work and the ready tasks together.
 * Invariant: whoever is given a task while its request is parked is answered.
 */
import type { Fact, LogEvent } from '../contract/event.ts';
import type { DispatchInsight } from '../domain/dispatch/candidates.ts';
import { lookAgain } from '../domain/dispatch/second-look.ts';
import { Dispatcher } from '../domain/dispatch/dispatch.ts';
import type { SwarmState } from '../domain/state.ts';
import { Demand } from './demand.ts';
import { type Offload, Planner } from './planner.ts';

/** What giving out works on. */
export interface HandoutPorts {
  readonly state: () => SwarmState;
  /** ms since 1970. */
  readonly now: () => number;
  /** Must fold the facts in as one decision, and pass their events to `note`. */
  readonly record: (facts: readonly Fact[]) => void;
  /** Where plans are made; left out: there are none. */
  readonly offload: Offload | undefined;
}

/** The demand of one swarm and its dispatch. */
export class Handout {
  readonly demand = new Demand();
  readonly #dispatcher = new Dispatcher();
  readonly #ports: HandoutPorts;
  readonly #planner: Planner | null;
  /** How work is given out at this moment, for views. */
  readonly insight: DispatchInsight = {
    wants: (sessionId) => this.demand.with(null).has(sessionId),
    candidates: (task) => this.#dispatcher.candidates(this.#ports.state(), task, this.demand.with(null), this.#ports.now()),
  };

  constructor(ports: HandoutPorts) {
    this.#ports = ports;
    this.#planner = ports.offload === undefined ? null : new Planner(ports.offload);
  }

  /** Follows an event that was just folded in. */
  note(event: LogEvent): void {
    this.#dispatcher.note(this.#ports.state(), event);
  }

  /** The state was read anew. */
  forget(): void {
    this.#dispatcher.forget();
  }

  /** Gives ready tasks to the sessions that want work; `also` wants work just now. */
  run(also: string | null): void {
    const { state: stateOf, now, record } = this.#ports;
    const state = stateOf();
    if (state.ready.size === 0 || (also === null && this.demand.none)) return;
    this.#dispatcher.run(state, this.demand.with(also), now(), (fact, { id }) => {
      record([fact]);
      this.demand.wake(id);
    });
    this.#planner?.consider(this.#dispatcher, state, now());
  }

  /** The safety pass: gives out what was missed, then looks again at what lies unstarted or hangs. */
  pass(): void {
    this.run(null);
    if (this.demand.none) return;
    const { state, now, record } = this.#ports;
    lookAgain(state(), this.demand.with(null), now(), (facts, { id }) => {
      record(facts);
      this.demand.wake(id);
    });
  }

  /** When to run again although nothing happens, ms since 1970. */
  nextTime(): number {
    const { state, now } = this.#ports;
    return this.demand.none ? Infinity : this.#dispatcher.nextTime(state(), this.demand.with(null), now());
  }
}
