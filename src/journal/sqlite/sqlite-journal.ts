/**
 * Owns the SQLite journal as a whole: writer thread, read-only lookups, witness and folder lock under the journal port.
 * Invariant: while it is read-only nothing is appended and the witness stays as it was found.
 */
import { Failure } from '../../contract/failure.ts';
import type { Chunk, Head, Journal, JournalDamage, RetiredTask, StoredChunk, Verification } from '../journal.ts';
import type { Archive } from '../archive/archive.ts';
import type { ChunkLookup } from './chunk-lookup.ts';
import type { FolderLock } from './folder-lock.ts';
import type { Page } from './page-reader.ts';
import type { Witness } from './witness.ts';
import type { WriterClient } from './writer-client.ts';

/** Pages asked for before they are needed: the writer thread reads and checks them while the reader works on others. */
const PAGES_AHEAD = 3;

/** What an open journal consists of. `witness` is null while it is read-only. */
export interface SqliteJournalParts {
  readonly lock: FolderLock;
  readonly writer: WriterClient;
  readonly lookup: ChunkLookup;
  readonly archive: Archive;
  readonly witness: Witness | null;
  readonly readOnly: Journal['readOnly'];
}

/** The journal port over one SQLite database. */
export class SqliteJournal implements Journal {
  readonly id: string;
  readonly readOnly: Journal['readOnly'];
  readonly restored: string | null;
  readonly #parts: SqliteJournalParts;
  #readers = 0;
  #closed: Promise<void> | null = null;

  constructor(parts: SqliteJournalParts) {
    this.#parts = parts;
    this.id = parts.writer.journalId;
    this.readOnly = parts.readOnly;
    this.restored = parts.lookup.restored;
    parts.writer.onDurable = () => parts.witness?.refresh();
  }

  get archived(): number {
    return this.#parts.lookup.base.seq;
  }

  get archive(): Archive {
    return this.#parts.archive;
  }

  get head(): Head {
    return this.#parts.writer.head;
  }

  append(chunk: Chunk): Promise<void> {
    if (this.readOnly !== null) return Promise.reject(new Failure('read_only', { ...this.readOnly }));
    return this.#parts.writer.append(chunk);
  }

  async *read(fromSeq: number): AsyncIterable<StoredChunk> {
    const until = this.head.seq;
    for (let next = Math.max(1, fromSeq); next <= until;) {
      const { archived } = this;
      for (const link of next <= archived ? this.#parts.archive.read(next, Math.min(archived, until)) : []) {
        yield stored(link);
        next = link.last_seq + 1;
      }
      if (next > until) return;
      let more = false;
      for await (const page of this.#pages(next, until)) {
        for (const link of page.chunks) yield stored(link);
        if (page.damage !== null) throw new Failure('journal_damaged', { ...page.damage });
        next = (page.chunks.at(-1)?.last_seq ?? next - 1) + 1;
        more = page.archived;
      }
      if (!more) return;
    }
  }

  async chunkAt(seq: number): Promise<StoredChunk | null> {
    const chunk = this.#parts.lookup.chunkAt(seq);
    if (chunk === null && seq >= 1 && seq <= this.head.seq) {
      throw new Failure('journal_damaged', { first_seq: seq, last_seq: seq, reason: 'it is missing', good_events: seq - 1 });
    }
    return chunk;
  }

  async hashAfter(seq: number): Promise<string | null> {
    return this.#parts.lookup.hashAfter(seq);
  }

  async retired(ids: readonly string[]): Promise<Map<string, RetiredTask>> {
    return this.#parts.lookup.retired(ids);
  }

  async verify(): Promise<Verification> {
    const { head } = this;
    let chunks = 0;
    let damage: JournalDamage | null = null;
    for await (const page of this.#pages(this.archived + 1, head.seq)) {
      chunks += page.chunks.length;
      damage = page.damage;
    }
    damage ??= (await this.#parts.writer.ask({ ask: 'inspect' })) as JournalDamage | null;
    return { head, chunks, damage };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { lookup, writer, witness, lock } = this.#parts;
    // The last connection to close empties the write-ahead log; only the writing one can.
    lookup.close();
    await writer.close();
    await witness?.close();
    lock.release();
  }

  /** The live pages from the chunk that holds `fromSeq` on. */
  async *#pages(fromSeq: number, until: number): AsyncGenerator<Page> {
    const { writer } = this.#parts;
    if (fromSeq > until) return;
    this.#readers += 1;
    const range = { reader: this.#readers, from: fromSeq, until };
    const request = async (): Promise<Page> => (await writer.ask({ ask: 'page', ...range })) as Page;
    const ahead: Promise<Page>[] = [];
    try {
      for (;;) {
        while (ahead.length < PAGES_AHEAD) ahead.push(request());
        const page = await ahead.shift();
        if (page === undefined) return;
        yield page;
        if (page.done) return;
      }
    } finally {
      await Promise.allSettled([...ahead, writer.ask({ ask: 'stop', reader: range.reader })]);
    }
  }
}

function stored({ first_seq, last_seq, time, text }: StoredChunk): StoredChunk {
  return { first_seq, last_seq, time, text };
}
