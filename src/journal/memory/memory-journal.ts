/**
 * Owns the journal that lives in memory only: for tests, simulation and dry runs.
 * Invariant: it keeps the same promises as the durable ones, so that what passes here passes there;
 * "durable" means stored in a `MemoryStorage`, which outlives the handle as a disk outlives a process.
 */
import { Failure } from '../../contract/failure.ts';
import { brokenLink, emptyHead, linkChunk, misplacement, readableEvents, type Link } from '../chain.ts';
import type { Chunk, Head, Journal, JournalDamage, JournalReader, RetiredTask, StoredChunk, Verification } from '../journal.ts';

/** What a memory journal writes to. Opening it again reads back what was appended. */
export class MemoryStorage {
  readonly id: string;
  readonly links: Link[] = [];
  readonly retired = new Map<string, RetiredTask>();
  open = false;

  /** A journal's id is its identity: cursors of one id are not valid for another. */
  constructor(id: string) {
    this.id = id;
  }
}

/** Opens the journal in this storage. Throws Failure `journal_locked` while another handle is open. */
export function openMemoryJournal(storage: MemoryStorage = new MemoryStorage('memory')): Journal {
  if (storage.open) throw new Failure('journal_locked', { folder: storage.id, pid: process.pid, since: 'it was opened' });
  storage.open = true;
  return new MemoryJournal(storage);
}

/** Reads this storage beside whoever writes to it. */
export function openMemoryReader(storage: MemoryStorage): JournalReader {
  const journal = new MemoryJournal(storage);
  return {
    id: storage.id,
    get head() {
      return journal.head;
    },
    read: (fromSeq) => journal.read(fromSeq),
    chunkAt: (seq) => journal.chunkAt(seq),
    hashAfter: (seq) => journal.hashAfter(seq),
    retired: (ids) => journal.retired(ids),
    close: async () => undefined,
  };
}

class MemoryJournal implements Journal {
  readonly readOnly = null;
  readonly #storage: MemoryStorage;
  #failure: Failure | null = null;
  #isClosed = false;

  constructor(storage: MemoryStorage) {
    this.#storage = storage;
  }

  get id(): string {
    return this.#storage.id;
  }

  get head(): Head {
    return headAfter(this.#storage, this.#storage.links.length);
  }

  async append(chunk: Chunk): Promise<void> {
    // Nothing is stored in the caller's own turn, as on a disk: who relies on that is found here already.
    await Promise.resolve();
    if (this.#failure !== null) throw this.#failure;
    const reason = misplacement(chunk, this.head.seq);
    if (reason !== null) {
      this.#failure = new Failure('journal_failed', { reason });
      throw this.#failure;
    }
    const link = linkChunk(this.head.hash, chunk);
    this.#storage.links.push(link);
    for (const task of chunk.retired) this.#storage.retired.set(task.id, task);
  }

  async *read(fromSeq: number): AsyncIterable<StoredChunk> {
    const end = this.#storage.links.length;
    for (let index = Math.max(0, this.#indexOf(fromSeq)); index < end; index += 1) {
      await Promise.resolve();
      const damage = this.#damageAt(index);
      if (damage !== null) throw new Failure('journal_damaged', { ...damage });
      const link = this.#storage.links[index];
      if (link !== undefined && link.last_seq >= fromSeq) yield stored(link);
    }
  }

  async chunkAt(seq: number): Promise<StoredChunk | null> {
    const index = this.#indexOf(seq);
    const link = this.#storage.links[index];
    if (link === undefined || link.last_seq < seq) return null;
    const damage = this.#damageAt(index);
    if (damage !== null) throw new Failure('journal_damaged', { ...damage });
    return stored(link);
  }

  async hashAfter(seq: number): Promise<string | null> {
    if (seq === 0) return emptyHead(this.#storage.id).hash;
    const link = this.#storage.links[this.#indexOf(seq)];
    return link?.last_seq === seq ? link.hash : null;
  }

  async retired(ids: readonly string[]): Promise<Map<string, RetiredTask>> {
    const found = new Map<string, RetiredTask>();
    for (const id of ids) {
      const task = this.#storage.retired.get(id);
      if (task !== undefined) found.set(id, task);
    }
    return found;
  }

  async verify(): Promise<Verification> {
    const { links } = this.#storage;
    const damaged = links.findIndex((_, index) => this.#damageAt(index) !== null);
    const damage = damaged === -1 ? null : this.#damageAt(damaged);
    return { head: this.head, chunks: damage === null ? links.length : damaged, damage };
  }

  async close(): Promise<void> {
    // One turn later, so that what was appended before is stored.
    await Promise.resolve();
    this.#failure ??= new Failure('journal_failed', { reason: 'the journal is closed' });
    // What is open by now is another handle's.
    if (!this.#isClosed) this.#storage.open = false;
    this.#isClosed = true;
  }

  #damageAt(index: number): JournalDamage | null {
    const { links } = this.#storage;
    const link = links[index];
    const before = headAfter(this.#storage, index);
    const reason = link === undefined ? null : brokenLink(link, before);
    if (link === undefined || reason === null) return null;
    const readable_after = links.slice(index + 1).reduce((sum, later) => sum + readableEvents(later), 0);
    return { first_seq: before.seq + 1, last_seq: link.last_seq, reason, good_events: before.seq, readable_after };
  }

  /** Index of the last chunk that starts at or before `seq`; -1 when there is none. */
  #indexOf(seq: number): number {
    const { links } = this.#storage;
    let low = 0;
    let high = links.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((links[middle]?.first_seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function headAfter(storage: MemoryStorage, count: number): Head {
  const last = storage.links[count - 1];
  return last === undefined ? emptyHead(storage.id) : { seq: last.last_seq, hash: last.hash };
}

function stored(link: Link): StoredChunk {
  return { first_seq: link.first_seq, last_seq: link.last_seq, time: link.time, text: link.text };
}
