/**
 * Why a run is ended before its command ends by itself. Invariant: the first reason stays; later ones change nothing.
 */
import type { Refusal } from '../../contract/failure.ts';
import type { RunOutcome } from '../runner.ts';

/** One reason to end a run. */
export interface StopReason {
  readonly outcome: RunOutcome;
  readonly refusal: Refusal | null;
}

/** The one switch of a run. */
export interface RunStop {
  request(reason: StopReason): void;
  /** The reason, or null while there is none. */
  reason(): StopReason | null;
  /** Resolves with the reason when there is one. */
  readonly requested: Promise<StopReason>;
}

/** Makes a switch that nobody has used yet. */
export function createRunStop(): RunStop {
  const { promise, resolve } = Promise.withResolvers<StopReason>();
  let first: StopReason | null = null;
  return {
    request(reason) {
      if (first !== null) return;
      first = reason;
      resolve(reason);
    },
    reason: () => first,
    requested: promise,
  };
}
