/**
 * What engine, client, host and subscribers take from their surroundings. The simulation passes its own,
 * so that the real code runs under virtual time. Only types: each folder has its own `system-*.ts` implementations.
 */

/** Ends a timer; calling it again does nothing. */
export type CancelTimer = () => void;

/** Time. */
export interface Clock {
  /** ms since 1970; may step back. */
  now(): number;
  /** Runs once after at least `ms`. The implementation says whether it keeps the process alive. */
  after(ms: number, run: () => void): CancelTimer;
  /** Runs once after the input that waits now has been taken in. */
  soon(run: () => void): void;
}

/** Randomness. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A fresh id. */
  id(): string;
}
