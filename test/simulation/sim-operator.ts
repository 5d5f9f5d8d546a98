/**
 * Who runs a simulated swarm: looks at earlier moments, asks what a rollback would change, and rolls back. What it is told goes
 * into the testimony, where it is held against the log.
 */
import { type ClientOptions, createHttpClient } from '../../src/client/http-client.ts';
import type { TuttiClient } from '../../src/client/client.ts';
import { pause } from '../../src/client/pause.ts';
import type { Transport } from '../../src/client/transport.ts';
import { Failure } from '../../src/contract/failure.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimProcess } from './sim-process.ts';
import { TOKENS } from './sim-server.ts';
import { SERVER_URL } from './sim-worker.ts';
import type { Testimony } from './testimony.ts';

/** The swarm has its rules by then: whoever rolls back further lives by others. */
const EARLIEST = 10;

/** What an operator has. */
export interface OperatorParts {
  readonly random: SeededRandom;
  readonly testimony: Testimony;
  /** Mean time between two things that it does, in ms. */
  readonly pause_ms: number;
  /** Told what it did. */
  readonly see: (deed: string) => void;
}

/** An operator at work. */
export class SimOperator {
  readonly #client: TuttiClient;
  readonly #process: SimProcess;
  readonly #parts: OperatorParts;

  constructor(process: SimProcess, transport: Transport, parts: OperatorParts) {
    const { clock, random } = process;
    const access: ClientOptions = { url: SERVER_URL, token: TOKENS.tokenOf('admin'), transport, clock, random };
    this.#client = createHttpClient(access);
    this.#process = process;
    this.#parts = parts;
  }

  /** Does things until the signal aborts. Never rejects. */
  async live(signal: AbortSignal): Promise<void> {
    const { random, pause_ms, testimony } = this.#parts;
    while (!signal.aborted) {
      await pause(this.#process.clock, random.exponential(pause_ms), signal);
      if (signal.aborted) return;
      try {
        await this.#act();
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (error.code === 'internal' || error.code === 'journal_damaged' || error.code === 'moment_failed')
          testimony.violations.push(`an operator was told: ${error.message}`);
      }
    }
  }

  async #act(): Promise<void> {
    const { random, testimony, see } = this.#parts;
    const { head } = await this.#client.call('event.list', { since: 0, limit: 1 });
    if (head < EARLIEST) return;
    const moment = random.whole(EARLIEST, head);
    if (random.chance(0.5)) {
      const { tasks } = await this.#client.call('swarm.status', { at: moment });
      testimony.moments.set(moment, tasks);
      see('operator: looked at an earlier moment');
      return;
    }
    await this.#client.call('event.rollback', { moment, dry_run: true });
    const command_id = random.id();
    const { changed } = await this.#client.call('event.rollback', { moment, command_id });
    testimony.rollbacks.set(command_id, changed);
    if (changed > 0) see('operator: rolled back');
  }
}
