/**
 * Owns the requests that wait: each ends early when its client has gone or when the server shuts down.
 */

/** What tells that a client has gone. */
interface ClosingConnection {
  once(event: 'close', listener: () => void): unknown;
}

/** The requests that wait now. */
export class LongPolls {
  readonly #waiting = new Set<AbortController>();
  #ended = false;

  /** The signal for a call that waits, or undefined for one that does not. */
  signalFor(operation: string, input: unknown, connection: ClosingConnection): AbortSignal | undefined {
    return callWaits(operation, input) ? this.begin(connection) : undefined;
  }

  /** A signal that is raised when the connection closes, or when `endAll` is called. */
  begin(connection: ClosingConnection): AbortSignal {
    const controller = new AbortController();
    if (this.#ended) controller.abort();
    this.#waiting.add(controller);
    connection.once('close', () => {
      this.#waiting.delete(controller);
      controller.abort();
    });
    return controller.signal;
  }

  /** Ends all waiting, now and from now on. */
  endAll(): void {
    this.#ended = true;
    for (const controller of this.#waiting) controller.abort();
    this.#waiting.clear();
  }
}

/** True for a call that may take long: one that waits for work, or looks at an earlier moment. */
export function callWaits(operation: string, input: unknown): boolean {
  if (typeof input !== 'object' || input === null) return false;
  return 'at' in input || ((operation === 'work.request' || operation === 'decision.show') && 'wait' in input);
}
