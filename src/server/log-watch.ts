/**
 * Owns what becomes of the logs of a server's swarms: each fault is written to the server's own log. Invariant: `taken`
 * resolves with the first log that is lost for good, and never otherwise.
 */
import type { Logger } from 'pino';
import type { Failure } from '../contract/failure.ts';
import type { EngineOptions } from '../engine/engine-options.ts';

/** The logs of a server. */
export class LogWatch {
  readonly taken: Promise<Failure>;
  /** Called when a log that could not be written can be again. */
  onRecovered: () => void = () => undefined;
  readonly #log: Logger;
  readonly #onTaken: (failure: Failure) => void;

  constructor(log: Logger) {
    const { promise, resolve } = Promise.withResolvers<Failure>();
    this.#log = log;
    this.taken = promise;
    this.#onTaken = resolve;
  }

  /** What the engine of a swarm tells. */
  listener(swarm: string): Required<Pick<EngineOptions, 'onFault' | 'onTaken'>> {
    return {
      onFault: (fault) => {
        this.#log.error({ swarm, ...fault }, 'the journal failed');
        if (fault.recovered) this.onRecovered();
      },
      onTaken: (failure) => {
        this.#log.error({ swarm, reason: failure.message }, 'the log is lost');
        this.#onTaken(failure);
      },
    };
  }
}
