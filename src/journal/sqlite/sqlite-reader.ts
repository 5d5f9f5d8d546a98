/**
 * Owns reading the journal of a data folder beside whoever writes it, in this process or another: no lock, short reads.
 * Invariant: it changes nothing, and hands out no chunk whose link is broken.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure, reasonOf } from '../../contract/failure.ts';
import { Archive } from '../archive/archive.ts';
import type { Link } from '../chain.ts';
import type { Head, JournalDamage, JournalReader, RetiredTask, StoredChunk, Verification } from '../journal.ts';
import { ChunkLookup } from './chunk-lookup.ts';
import { assertFormat, BUSY_TIMEOUT_MS, readHead, readMeta, unreadable } from './database.ts';
import { locateRefused } from './locate-damage.ts';
import { inspect, RetiredCheck } from './inspection.ts';
import { type Page, PageReader } from './page-reader.ts';
import { asJournalFailure, isCorrupt } from './sqlite-error.ts';

/** A reader of a log on disk. */
export class SqliteReader implements JournalReader {
  readonly id: string;
  /** What left the live log. */
  readonly archive: Archive;
  readonly #connection: DatabaseSync;
  readonly #lookup: ChunkLookup;

  constructor(connection: DatabaseSync, file: string) {
    this.id = String(readMeta(connection, 'journal_id'));
    this.#connection = connection;
    this.archive = new Archive(dirname(file), this.id);
    this.#lookup = new ChunkLookup(file, this.id, this.archive);
  }

  get archived(): number {
    return this.base.seq;
  }

  get base(): Head {
    return this.#lookup.base;
  }

  /** Throws Failure `journal_damaged` when the last entry cannot be read. */
  get head(): Head {
    const head = readHead(this.#connection, this.id);
    if (head === null) throw new Failure('journal_damaged', unreadable('its end cannot be read'));
    return head;
  }

  /** Chunks with their place in the chain, archived ones too. Throws Failure `journal_damaged`, or what the archive throws. */
  async *read(fromSeq: number): AsyncGenerator<Link> {
    const { seq: until } = this.head;
    for (let next = Math.max(1, fromSeq); next <= until;) {
      const { base } = this;
      const archived = next <= base.seq ? this.archive.read(next, Math.min(base.seq, until)) : [];
      for (const link of archived) {
        yield link;
        next = link.last_seq + 1;
      }
      if (next > until) return;
      for (const page of this.#pages(next, until)) {
        yield* page.chunks;
        if (page.damage !== null) throw new Failure('journal_damaged', { ...page.damage });
        next = (page.chunks.at(-1)?.last_seq ?? next - 1) + 1;
        if (page.done && !page.archived) return;
      }
    }
  }

  async chunkAt(seq: number): Promise<StoredChunk | null> {
    return this.#lookup.chunkAt(seq);
  }

  async hashAfter(seq: number): Promise<string | null> {
    return this.#lookup.hashAfter(seq);
  }

  async retired(ids: readonly string[]): Promise<Map<string, RetiredTask>> {
    return this.#lookup.retired(ids);
  }

  /** Recomputes the whole chain, that of the archive too, and checks the file around it. Never throws on damage. */
  verify(): Verification {
    const head = readHead(this.#connection, this.id);
    const { base } = this;
    const retired = new RetiredCheck(this.#connection);
    let good = 0;
    let chunks = 0;
    let last: Link | null = null;
    let damage: JournalDamage | null = null;
    try {
      for (const link of this.archive.read(1, base.seq)) {
        retired.take(link.retired);
        good = link.last_seq;
        last = link;
        chunks += 1;
      }
      if (base.seq > 0 && (last?.last_seq !== base.seq || last.hash !== base.hash))
        throw new TypeError('the archive does not end where the log begins');
    } catch (error) {
      damage = { first_seq: good + 1, last_seq: base.seq, reason: reasonOf(error), good_events: good, readable_after: 0 };
    }
    if (damage === null && head?.seq !== base.seq) {
      for (const page of this.#pages(base.seq + 1, head?.seq ?? Number.POSITIVE_INFINITY)) {
        chunks += page.chunks.length;
        good = page.chunks.at(-1)?.last_seq ?? good;
        damage = page.damage;
      }
    }
    const end = head ?? { seq: good, hash: '' };
    damage ??= inspect(this.#connection, end, retired);
    retired.close();
    return { head: end, chunks, damage };
  }

  async close(): Promise<void> {
    this.#lookup.close();
    this.#connection.close();
  }

  *#pages(from: number, until: number): Generator<Page> {
    const pages = new PageReader(this.#connection, { journalId: this.id, from, until });
    for (;;) {
      const page = pages.next();
      yield page;
      if (page.done) return;
    }
  }
}

/** True when this folder holds a journal. */
export function hasJournal(folder: string): boolean {
  return existsSync(join(folder, 'journal.db'));
}

/** Opens the log of a folder for reading. Throws Failure `log_missing`, `journal_version` or `journal_damaged`. */
export function openSqliteReader(folder: string): SqliteReader {
  const { connection, file } = connect(folder);
  try {
    assertFormat(connection);
    return new SqliteReader(connection, file);
  } catch (error) {
    connection.close();
    throw isCorrupt(error) ? locateRefused(file, error) : asJournalFailure(error);
  }
}

function connect(folder: string): { readonly connection: DatabaseSync; readonly file: string } {
  if (!hasJournal(folder)) throw new Failure('log_missing', { folder });
  const file = join(resolve(folder), 'journal.db');
  try {
    return { connection: new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS }), file };
  } catch (error) {
    throw asJournalFailure(error);
  }
}
