/**
 * The time of a swarm: never less than that of its last event, and never standing still. A clock that is set back would
 * otherwise hold up every deadline until it catches up; so the swarm's time goes on, a tenth slower, until it does.
 */
import type { Clock } from '../contract/ports.ts';

/** Pace while the swarm's time is ahead of the clock: slow enough to be caught up with, fast enough for deadlines. */
const PACE_AHEAD = 0.9;

/** The time of one swarm. */
export class SwarmTime {
  readonly #clock: Clock;
  #clockBefore: number;
  #time = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#clockBefore = clock.now();
  }

  /** Whole ms since 1970, at least `floor`, the time of the last event. */
  now(floor: number): number {
    const clock = this.#clock.now();
    const elapsed = Math.max(0, clock - this.#clockBefore);
    this.#clockBefore = clock;
    this.#time = Math.max(clock, floor, this.#time + elapsed * PACE_AHEAD);
    return Math.floor(this.#time);
  }
}
