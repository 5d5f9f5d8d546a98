/**
 * Owns what happens on SIGINT, SIGTERM and SIGHUP. A command that ends by itself is told once and given its time;
 * every other command, and a second signal, end the process at once with 128 + the number of the signal.
 */
import { constants } from 'node:os';

/** A signal that asks the program to end. */
export type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The wish to end. */
export interface Interruption {
  /** Aborted by the first signal, or when the command ends for another reason. */
  readonly signal: AbortSignal;
  /** The first signal, or null. */
  readonly received: EndSignal | null;
  /** The exit code that tells of the signal; SIGTERM asks a server to end, which is no failure. */
  readonly exitCode: number;
  /** From now on the command ends by itself. */
  endGracefully(): void;
  /** The command ends for another reason; it is told as by a signal. */
  end(): void;
  /** Resolves with the first signal, or when the command ends. */
  done(): Promise<void>;
}

/** Listens for the signals that end this process. */
export function listenForInterruption(): Interruption {
  const ending = new AbortController();
  let graceful = false;
  let received: EndSignal | null = null;
  const codeOf = (signal: EndSignal): number => 128 + constants.signals[signal];
  const end = (signal: EndSignal): void => {
    if (!graceful || received !== null) process.exit(codeOf(signal));
    received = signal;
    ending.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  return {
    signal: ending.signal,
    get received() {
      return received;
    },
    get exitCode() {
      return received === null || received === 'SIGTERM' ? 0 : codeOf(received);
    },
    endGracefully: () => {
      graceful = true;
    },
    end: () => ending.abort(),
    done: () =>
      new Promise((resolve) => {
        if (ending.signal.aborted) resolve();
        else ending.signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
}
