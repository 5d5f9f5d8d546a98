/**
 * The journal under simulation: frames in one simulated file, one sync for all that waits, the promises of every journal.
 *
 *     frame = length of header, of text, checksum of both | header (JSON of the link without its text) | text
 *
 * Invariants: what is acknowledged was synced by a sync that succeeded and began after its write; whatever is found when
 * the file is opened is written and synced again before it counts, because a failed sync may have left it in memory only.
 */
import { hash } from 'node:crypto';
import { Failure, reasonOf } from '../../src/contract/failure.ts';
import { brokenLink, emptyHead, linkChunk, misplacement, readableEvents, type Link } from '../../src/journal/chain.ts';
import type { Chunk, Head, Journal, JournalDamage, RetiredTask, StoredChunk, Verification } from '../../src/journal/journal.ts';
import type { DiskUser, SimDisk } from './sim-disk.ts';

const PREFIX_BYTES = 16;

/** What the writer of a simulated journal leaves out: rules whose absence the simulation must notice. */
export interface JournalRules {
  /** Acknowledges before the bytes are safe. */
  readonly withoutSync?: boolean;
  /** Goes on after a failed append as if nothing had happened. */
  readonly blindRetry?: boolean;
  /** Takes a torn or changed end of the file for whole. */
  readonly withoutChecksum?: boolean;
  /** Forgets which tasks left memory. */
  readonly withoutRetired?: boolean;
  /** Writes what waits together from its end. */
  readonly reversed?: boolean;
  /** Lets any number of processes append. */
  readonly withoutLock?: boolean;
  /** Trusts what it finds when the file is opened. */
  readonly withoutRewrite?: boolean;
}

/** One simulated log; it outlives its handles. */
export class SimStorage {
  readonly id: string;
  readonly disk: SimDisk;
  readonly rules: JournalRules;
  /** The handle that may append: of one process at a time. */
  holder: object | null = null;

  constructor(id: string, disk: SimDisk, rules: JournalRules = {}) {
    this.id = id;
    this.disk = disk;
    this.rules = rules;
  }
}

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
    if (storage.rules.withoutRewrite !== true) await storage.disk.replaceWith(owner, Buffer.concat(links.map(frameOf)));
    return new SimJournal(storage, owner, links, release);
  } catch (error) {
    release();
    throw new Failure('journal_failed', { reason: reasonOf(error) }, error);
  }
}

/** Every chunk of the file up to the first that is torn. */
export function readLinks({ disk, rules }: SimStorage): Link[] {
  const links: Link[] = [];
  const { bytes } = disk;
  let offset = 0;
  while (offset + PREFIX_BYTES <= bytes.length) {
    const headerBytes = bytes.readUInt32LE(offset);
    const textBytes = bytes.readUInt32LE(offset + 4);
    const end = offset + PREFIX_BYTES + headerBytes + textBytes;
    if (end > bytes.length) break;
    const body = bytes.subarray(offset + PREFIX_BYTES, end);
    const isWhole = checksum(body).equals(bytes.subarray(offset + 8, offset + PREFIX_BYTES));
    if (!isWhole && rules.withoutChecksum !== true) break;
    links.push({ ...(JSON.parse(body.toString('utf8', 0, headerBytes)) as Omit<Link, 'text'>), text: body.toString('utf8', headerBytes) });
    offset = end;
  }
  return links;
}

/** A chunk as it is written. */
export function frameOf({ text, ...header }: Link): Buffer {
  const head = Buffer.from(JSON.stringify(header));
  const body = Buffer.concat([head, Buffer.from(text)]);
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(head.length, 0);
  prefix.writeUInt32LE(body.length - head.length, 4);
  return Buffer.concat([prefix, checksum(body), body]);
}

function checksum(body: Buffer): Buffer {
  return Buffer.from(hash('sha256', body), 'hex').subarray(0, 8);
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
    for (const link of links) this.#noteRetired(link);
  }

  get id(): string {
    return this.#storage.id;
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
    const end = this.#durable;
    for (let index = Math.max(0, this.#indexOf(fromSeq)); index < end; index += 1) {
      await Promise.resolve();
      const found = this.#checked(index);
      if (found !== null && found.last_seq >= fromSeq) yield found;
    }
  }

  async chunkAt(seq: number): Promise<StoredChunk | null> {
    const index = this.#indexOf(seq);
    const found = this.#checked(index);
    return found === null || found.last_seq < seq ? null : found;
  }

  async hashAfter(seq: number): Promise<string | null> {
    if (seq === 0) return emptyHead(this.id).hash;
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
      this.#noteRetired(link);
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

  #noteRetired({ retired }: Link): void {
    if (retired === '' || this.#storage.rules.withoutRetired === true) return;
    for (const [id, status, content_hash, last_seq] of JSON.parse(retired) as [string, string, string, number][]) {
      this.#retired.set(id, { id, status, content_hash, last_seq });
    }
  }

  #headAfter(count: number): Head {
    const last = this.#links[count - 1];
    return last === undefined ? emptyHead(this.id) : { seq: last.last_seq, hash: last.hash };
  }

  #checked(index: number): StoredChunk | null {
    const link = this.#links[index];
    if (link === undefined || index >= this.#durable) return null;
    const damage = this.#damageAt(index);
    if (damage !== null) throw new Failure('journal_damaged', { ...damage });
    return { first_seq: link.first_seq, last_seq: link.last_seq, time: link.time, text: link.text };
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
    return this.#links.findLastIndex((link, index) => index < this.#durable && link.first_seq <= seq);
  }
}
