/**
 * Owns what comes in a replay because something else came: the parts of a task that is at work, the answer to its question.
 * Invariant: in the order of their times; those of one time in the order in which they were put.
 */
import type { Fact } from '../contract/event.ts';

interface LaterFact {
  readonly time: number;
  readonly fact: Fact;
}

/** Facts with their times, ms since 1970. */
export class LaterFacts {
  /** The earliest last. */
  readonly #waiting: LaterFact[] = [];

  /** When the next one comes; Infinity: none does. */
  get next(): number {
    return this.#waiting.at(-1)?.time ?? Infinity;
  }

  put(time: number, fact: Fact): void {
    const place = this.#waiting.findLastIndex((each) => each.time > time);
    this.#waiting.splice(place + 1, 0, { time, fact });
  }

  /** Takes the next one out; null: there is none. */
  take(): Fact | null {
    return this.#waiting.pop()?.fact ?? null;
  }
}
