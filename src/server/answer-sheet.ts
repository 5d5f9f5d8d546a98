/**
 * Collects the answers to the calls of a batch, each at its place. Invariant: `onFull` is called once, when the last is there.
 */
import type { Listener } from '../engine/command.ts';

/** How an answer is written down. Neither may throw. */
export interface AnswerForm<T> {
  readonly succeeded: (output: unknown) => T;
  readonly failed: (error: unknown) => T;
}

/** The answers to some calls. */
export class AnswerSheet<T> {
  readonly #form: AnswerForm<T>;
  readonly #onFull: (answers: readonly T[]) => void;
  readonly #answers: T[];
  #missing: number;

  constructor(count: number, form: AnswerForm<T>, onFull: (answers: readonly T[]) => void) {
    this.#form = form;
    this.#onFull = onFull;
    this.#answers = Array.from<T>({ length: count });
    this.#missing = count;
  }

  /** Who is told the answer to the call at this place; must be told once. */
  line(index: number): Listener<unknown> {
    return {
      resolve: (output) => this.#enter(index, this.#form.succeeded(output)),
      reject: (error) => this.#enter(index, this.#form.failed(error)),
    };
  }

  #enter(index: number, answer: T): void {
    this.#answers[index] = answer;
    this.#missing -= 1;
    if (this.#missing === 0) this.#onFull(this.#answers);
  }
}
