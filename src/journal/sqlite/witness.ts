/**
 * Owns the witness: a file beside the journal that names an event which was durable a moment ago.
 * A hash chain cannot show that the end of a log is missing; a journal that ends before its witness can.
 * Invariant: it never names an event that is not durable. Losing it, or reading an older one, is harmless.
 */
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Head } from '../journal.ts';

/** How old the witness may get while there are appends, in ms. */
const REFRESH_MS = 1000;

/** What the witness saw. */
export interface Sighting extends Head {
  readonly journal_id: string;
}

/** Reads the witness of a folder; null when there is none or it cannot be read. */
export function readWitness(folder: string): Sighting | null {
  try {
    const found = JSON.parse(readFileSync(join(folder, 'witness.json'), 'utf8')) as Partial<Sighting>;
    const { journal_id, seq, hash } = found;
    if (typeof journal_id !== 'string' || typeof seq !== 'number' || typeof hash !== 'string') return null;
    return { journal_id, seq, hash };
  } catch {
    return null;
  }
}

/** Keeps the witness of an open journal fresh. */
export class Witness {
  readonly #file: string;
  readonly #sight: () => Sighting;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** `sight` tells the newest durable event. */
  constructor(folder: string, sight: () => Sighting) {
    this.#file = join(folder, 'witness.json');
    this.#sight = sight;
  }

  /** To be called after each commit; costs nothing but once a second. */
  refresh(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#writing = this.#writing.then(() => this.#write());
    }, REFRESH_MS).unref();
  }

  /** Writes the last sighting and stops. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#writing;
    await this.#write();
  }

  async #write(): Promise<void> {
    const { journal_id, seq, hash } = this.#sight();
    const text = JSON.stringify({ journal_id, seq, hash, time: new Date().toISOString() });
    try {
      await writeFile(`${this.#file}.next`, text, { mode: 0o600 });
      await rename(`${this.#file}.next`, this.#file);
    } catch {
      // A full disk must not stop the journal here: its own next append says so, and the older witness stays true.
    }
  }
}
