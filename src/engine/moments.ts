/**
 * The port through which a swarm answers about earlier moments, away from its loop.
 */
import type { Moment } from '../contract/moment.ts';

/** A question about a moment. */
export interface MomentQuestion {
  /** Name of the query. */
  readonly query: string;
  /** Its input, checked. */
  readonly input: unknown;
  /** The moment it is about; left out: the end of the log. */
  readonly at?: Moment | undefined;
  /** ms since 1970. */
  readonly now: number;
}

/** Answers about earlier moments. */
export interface Moments {
  /** Resolves with the answer; `signal` says that nobody waits for it any more. Rejects with a Failure. */
  ask(question: MomentQuestion, signal?: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}
