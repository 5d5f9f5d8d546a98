/**
 * Owns whether the files that SQLite writes still have their names. A file that was removed or replaced can be written and
 * synced like any other, and is gone with the process that holds it: what is acknowledged then is lost.
 */
import { type BigIntStats, statSync } from 'node:fs';
import { Failure } from '../../contract/failure.ts';

/** The database and its write-ahead log, as they were when they were opened. */
export class HeldFiles {
  readonly #known: ReadonlyMap<string, string | null>;

  constructor(file: string) {
    this.#known = new Map([file, `${file}-wal`].map((name) => [name, identityOf(name)]));
  }

  /** Throws Failure `journal_removed` when a name belongs to no file, or to another one. */
  assertHeld(): void {
    for (const [file, known] of this.#known) if (identityOf(file) !== known) throw new Failure('journal_removed', { file });
  }
}

function identityOf(file: string): string | null {
  const stat: BigIntStats | undefined = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.dev} ${stat.ino}`;
}
