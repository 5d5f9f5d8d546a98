/**
 * What a host has to tell the server: kept in order until it is known there.
 * Invariants: a fact is recorded once, however often it is sent; the newest 1,000 are kept when the server is away for long.
 */
import type { TuttiClient } from '../../client/client.ts';
import { Failure } from '../../contract/failure.ts';
import type { Random } from '../../contract/ports.ts';
import type { ReportedFact } from '../../contract/operations/hosted-operations.ts';

const MOST_KEPT = 1000;
const AT_ONCE = 50;
/** At the end, for what is still to be told. */
const LAST_WORDS_MS = 10_000;

/** What a host has to tell. */
export class HostReports {
  readonly #host: string;
  readonly #random: Random;
  readonly #facts: ReportedFact[] = [];
  /** Being told, under one id until the server knows. */
  #batch: { readonly command_id: string; readonly facts: readonly ReportedFact[] } | null = null;
  #sending: Promise<void> | null = null;

  constructor(host: string, random: Random) {
    this.#host = host;
    this.#random = random;
  }

  /** Takes a fact in. */
  add(fact: ReportedFact): void {
    this.#facts.push(fact);
    if (this.#facts.length > MOST_KEPT) this.#facts.shift();
  }

  /** Tells all there is; what cannot be told now is told the next time. */
  send(client: TuttiClient): void {
    this.#sending ??= this.#tell(client)
      .catch(() => undefined)
      .finally(() => (this.#sending = null));
  }

  /** Resolves once nothing is on its way. */
  async settle(): Promise<void> {
    await this.#sending;
  }

  async #tell(client: TuttiClient): Promise<void> {
    for (;;) {
      this.#batch ??= this.#facts.length === 0 ? null : { command_id: this.#random.id(), facts: this.#facts.splice(0, AT_ONCE) };
      if (this.#batch === null) return;
      const { command_id, facts } = this.#batch;
      await client.call('hosted.report', { host: this.#host, facts: [...facts], command_id }, { timeoutMs: LAST_WORDS_MS }).catch(passing);
      this.#batch = null;
    }
  }
}

/** What will never be taken is not sent again. */
function passing(error: unknown): void {
  if (!(error instanceof Failure) || error.retryable) throw error;
}
