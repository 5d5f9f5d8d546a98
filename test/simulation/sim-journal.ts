/**
 * The journal under simulation: one simulated log, one sync for all that waits, the promises of every journal.
 *
 * Invariants: what is acknowledged was synced by a sync that succeeded and began after its write; whatever is found when
 * the file is opened is written and synced again before it counts, because a failed sync may have left it in memory only.
 */
import { Failure, reasonOf } from '../../src/contract/failure.ts';
import { brokenLink, emptyHead, linkChunk, misplacement, readableEvents, type Link } from '../../src/journal/chain.ts';
import type {
  Chunk,
  EventArchive,
  Head,
  Journal,
  JournalDamage,
  RetiredTask,
  StoredChunk,
  Verification,
} from '../../src/journal/journal.ts';
import type { DiskUser } from './sim-disk.ts';
import { bytesOf, frameOf, readLinks, type SimStorage } from './sim-storage.ts';

/** The process that opens a log: its death lets go of it. */
export interface SimOwner extends DiskUser {
  onDeath(run: () => void): void;
}

/** Opens the log. Throws Failure `journal_locked` while another handle is open, `journal_failed` when the disk fails. */
export async function openSimJournal(storage: SimStorage, owner: SimOwner): Promise<Journal> {
  if (storage.holder !== null && storage.rules.withoutLock !== true)
    throw new Failure('journal_locked', { folder: storage.id, pid: process.pid, since: 'it was opened' });
  const holder = {};
  const release = (): void => {
    if (storage.holder === holder) storage.holder = null;
  };
  storage.holder = holder;
  owner.onDeath(release);
  try {
    const links = readLinks(storage);
    // A crash in between finds the old file or the new one.
    if (storage.rules.withoutRewrite !== true) await storage.disk.replaceWith(owner, bytesOf(storage, links));
    return new SimJournal(storage, owner, links, release);
  } catch (error) {
    release();
    throw new Failure('journal_failed', { reason: reasonOf(error) }, error);
  }
}

interface Waiting {
  readonly link: Link;
  readonly done: () => void;
  readonly failed: (failure: Failure) => void;
}

class SimJournal implements Journal {
  readonly readOnly = null;
  readonly #storage: SimStorage;
  readonly #owner: SimOwner;
  readonly #release: () => void;
  /** Where the chunks begin that this handle has at hand. */
  #base: Head;
  readonly #links: Link[];
  readonly #retired = new Map<string, RetiredTask>();
  #waiting: Waiting[] = [];
  #durable: number;
  #draining: Promise<void> | null = null;
  #failure: Failure | null = null;

  constructor(storage: SimStorage, owner: SimOwner, links: Link[], release: () => void) {
    this.#storage = storage;
    this.#owner = owner;
    this.#release = release;
    this.#links = links;
    this.#durable = links.length;
    const { retired, ...base } = storage.base;
    this.#base = base;
    for (const [, text] of retired) this.#noteRetired(text);
    for (const link of links) this.#noteRetired(link.retired);
  }

  get id(): string {
    return this.#storage.id;
  }

  get archived(): number {
    return this.#storage.base.seq;
  }

  get archive(): EventArchive {
    return this.#storage.archive;
  }

  get head(): Head {
    return this.#headAfter(this.#durable);
  }

  append(chunk: Chunk): Promise<void> {
    const last = this.#headAfter(this.#links.length);
    const reason = this.#failure === null ? misplacement(chunk, last.seq) : null;
    if (reason !== null) this.#failure = new Failure('journal_failed', { reason });
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const link = linkChunk(last.hash, chunk);
    this.#links.push(link);
    const appended = new Promise<void>((resolve, reject) => this.#waiting.push({ link, done: resolve, failed: reject }));
    this.#draining ??= this.#drain();
    return appended;
  }

  async *read(fromSeq: number): AsyncIterable<StoredChunk> {
    const { seq: end } = this.head;
    const first = this.#storage.rules.withoutArchive === true ? this.archived + 1 : 1;
    for (let next = Math.max(first, fromSeq); next <= end;) {
      await Promise.resolve();
      const found = await this.chunkAt(next);
      if (found === null) return;
      yield found;
      next = found.last_seq + 1;
    }
  }

  async chunkAt(seq: number): Promise<StoredChunk | null> {
    this.#follow();
    if (seq >= 1 && seq <= this.#base.seq) return stored(this.#storage.archive.linkAt(seq));
    const index = this.#indexOf(seq);
    const found = this.#checked(index);
    return found === null || found.last_seq < seq ? null : found;
  }

  async hashAfter(seq: number): Promise<string | null> {
    this.#follow();
    if (seq === 0) return emptyHead(this.id).hash;
    if (seq === this.#base.seq) return this.#base.hash;
    if (seq < this.#base.seq) return this.#archivedHash(seq);
    const link = this.#links[this.#indexOf(seq)];
    return link?.last_seq === seq ? link.hash : null;
  }

  async retired(ids: readonly string[]): Promise<Map<string, RetiredTask>> {
    const found = new Map<string, RetiredTask>();
    for (const id of ids) {
      const task = this.#retired.get(id);
      if (task !== undefined) found.set(id, task);
    }
    return found;
  }

  async verify(): Promise<Verification> {
    for (let index = 0; index < this.#durable; index += 1) {
      const damage = this.#damageAt(index);
      if (damage !== null) return { head: this.head, chunks: index, damage };
    }
    return { head: this.head, chunks: this.#durable, damage: null };
  }

  async close(): Promise<void> {
    this.#failure ??= new Failure('journal_failed', { reason: 'the journal is closed' });
    await this.#draining;
    this.#release();
  }

  /** Writes all that waits, syncs once, acknowledges; again until nothing waits. */
  async #drain(): Promise<void> {
    const { disk, rules } = this.#storage;
    // Long enough for a second chunk to come.
    await (rules.reversed === true ? new Promise<void>((resolve) => void this.#owner.after(5, resolve)) : Promise.resolve());
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        if (rules.withoutSync === true) this.#acknowledge(group);
        for (const { link } of rules.reversed === true ? group.toReversed() : group) await disk.write(this.#owner, frameOf(link));
        await disk.sync(this.#owner);
      } catch (error) {
        if (rules.blindRetry !== true) {
          this.#fail(group, error);
          break;
        }
      }
      if (rules.withoutSync !== true) this.#acknowledge(group);
    }
    this.#draining = null;
  }

  #acknowledge(group: readonly Waiting[]): void {
    for (const { link, done } of group) {
      this.#noteRetired(link.retired);
      this.#durable += 1;
      done();
    }
  }

  #fail(group: readonly Waiting[], error: unknown): void {
    this.#failure = new Failure('journal_failed', { reason: reasonOf(error) }, error);
    this.#links.length = this.#durable;
    for (const { failed } of [...group, ...this.#waiting]) failed(this.#failure);
    this.#waiting = [];
  }

  #noteRetired(retired: string): void {
    if (retired === '' || this.#storage.rules.withoutRetired === true) return;
    for (const [id, status, content_hash, last_seq] of JSON.parse(retired) as [string, string, string, number][]) {
      this.#retired.set(id, { id, status, content_hash, last_seq });
    }
  }

  #headAfter(count: number): Head {
    const last = this.#links[count - 1];
    return last === undefined ? this.#base : { seq: last.last_seq, hash: last.hash };
  }

  #checked(index: number): StoredChunk | null {
    const link = this.#links[index];
    if (link === undefined || index >= this.#durable) return null;
    const damage = this.#damageAt(index);
    if (damage !== null) throw new Failure('journal_damaged', { ...damage });
    return stored(link);
  }

  #damageAt(index: number): JournalDamage | null {
    const link = this.#links[index] as Link;
    const before = this.#headAfter(index);
    const reason = brokenLink(link, before);
    if (reason === null) return null;
    const readable_after = this.#links.slice(index + 1, this.#durable).reduce((sum, later) => sum + readableEvents(later), 0);
    return { first_seq: before.seq + 1, last_seq: link.last_seq, reason, good_events: before.seq, readable_after };
  }

  /** Index of the last chunk that starts at or before `seq`; -1 when there is none. */
  #indexOf(seq: number): number {
    let low = 0;
    let high = this.#durable;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#links[middle]?.first_seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #archivedHash(seq: number): string | null {
    try {
      const link = this.#storage.archive.linkAt(seq);
      return link.last_seq === seq ? link.hash : null;
    } catch {
      return null;
    }
  }

  /** Somebody may have moved the beginning of the log into the archive, or back. */
  #follow(): void {
    const { seq, hash } = this.#storage.base;
    // A handle that another one overtook knows less than was archived since.
    if (seq === this.#base.seq || seq > this.head.seq) return;
    if (seq > this.#base.seq) {
      const gone = this.#indexOf(seq) + 1;
      this.#links.splice(0, gone);
      this.#durable -= gone;
    } else {
      const back = readLinks(this.#storage).filter(({ last_seq }) => last_seq <= this.#base.seq);
      this.#links.unshift(...back);
      this.#durable += back.length;
    }
    this.#base = { seq, hash };
  }
}

function stored({ first_seq, last_seq, time, text }: Link): StoredChunk {
  return { first_seq, last_seq, time, text };
}
