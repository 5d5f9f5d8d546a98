/**
 * Owns the form of an archived part of a log: the same lines as an exported log, compressed some hundred kilobytes at a
 * time (`zstd -dc` shows them), and behind them, where a decompressor skips it, a table that says where each part begins.
 * Invariants: a file has its name only when it is whole and on the disk; what is read back fits the chain before it.
 */
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { Failure, reasonOf } from '../../contract/failure.ts';
import type { Link } from '../chain.ts';
import type { EventRange, Head } from '../journal.ts';
import { chunkLines, digestOf, endLine, headerLine } from '../jsonl/log-lines.ts';
import { linksIn } from '../jsonl/read-log-file.ts';
import { syncFolder } from '../private-file.ts';

/** Some chunks that are compressed together. */
export interface ArchiveFrame {
  readonly offset: number;
  readonly bytes: number;
  readonly first_seq: number;
  readonly last_seq: number;
  /** Hash of the chain before it, and after it. */
  readonly previous_hash: string;
  readonly hash: string;
}

/** An archived part of a log. */
export interface Segment {
  readonly journal: string;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly previous_hash: string;
  readonly hash: string;
  readonly frames: readonly ArchiveFrame[];
}

/** The log that a segment is of. */
export interface SegmentSource {
  readonly journal: string;
  readonly swarm: string;
  /** ISO 8601, UTC. */
  readonly archived_at: string;
}

const NAME = /^(\d{15})-(\d{15})-(\w{1,8})\.jsonl\.zst$/;
const FRAME_CHARACTERS = 1 << 18;
const SKIPPED_MAGIC = 0x18_4d_2a_50;
const TABLE_MAGIC = 'TUTI';
const TABLE_BYTES_AT_MOST = 1 << 26;

/** The name of a segment's file. */
export function segmentName({ journal, first_seq, last_seq }: Pick<Segment, 'journal' | 'first_seq' | 'last_seq'>): string {
  return `${padded(first_seq)}-${padded(last_seq)}-${shortId(journal)}.jsonl.zst`;
}

/** How the files of a journal's archive name it. */
export function shortId(journal: string): string {
  return journal.replaceAll(/\W/g, '').slice(0, 8);
}

/** The events that a file of this name holds and the short id of their log, or null when it is no segment's. */
export function eventsNamed(name: string): (EventRange & { readonly journal: string }) | null {
  const [, first, last, journal] = NAME.exec(name) ?? [];
  if (first === undefined || last === undefined || journal === undefined) return null;
  return { first_seq: Number(first), last_seq: Number(last), journal };
}

/** Writes the chunks that follow `before`; durable under its name when this resolves. null when there are none. */
export async function writeSegment(
  folder: string,
  before: Head,
  links: AsyncIterable<Link> | Iterable<Link>,
  { journal, swarm, archived_at }: SegmentSource,
): Promise<Segment | null> {
  const partial = join(folder, `.partial-${process.pid}-${before.seq + 1}`);
  const handle = openSync(partial, 'w', 0o600);
  try {
    const writing = new SegmentWriting(handle, before);
    const first_seq = before.seq + 1;
    const header = headerLine({ journal, swarm, first_seq, previous_hash: before.hash, exported_at: archived_at });
    writing.put(header);
    for await (const link of links) writing.add(link);
    const { frames, head, chunks } = writing.finish();
    if (chunks === 0) return null;
    writing.put(endLine({ last_seq: head.seq, chunks, hash: head.hash, header: digestOf(header.trimEnd()) }));
    const segment = { journal, first_seq, last_seq: head.seq, previous_hash: before.hash, hash: head.hash, frames };
    writing.putTable(segment);
    fsyncSync(handle);
    renameSync(partial, join(folder, segmentName(segment)));
    syncFolder(folder);
    return segment;
  } finally {
    closeSync(handle);
    rmSync(partial, { force: true });
  }
}

class SegmentWriting {
  readonly #handle: number;
  readonly #frames: ArchiveFrame[] = [];
  #offset = 0;
  #text = '';
  #begun: Head;
  #head: Head;
  #chunks = 0;

  constructor(handle: number, before: Head) {
    this.#handle = handle;
    this.#begun = before;
    this.#head = before;
  }

  add(link: Link): void {
    this.#text += chunkLines(link);
    this.#head = { seq: link.last_seq, hash: link.hash };
    this.#chunks += 1;
    if (this.#text.length >= FRAME_CHARACTERS) this.#close();
  }

  finish(): { readonly frames: readonly ArchiveFrame[]; readonly head: Head; readonly chunks: number } {
    if (this.#text !== '') this.#close();
    return { frames: this.#frames, head: this.#head, chunks: this.#chunks };
  }

  put(text: string): number {
    const bytes = zstdCompressSync(text);
    writeSync(this.#handle, bytes);
    this.#offset += bytes.length;
    return bytes.length;
  }

  putTable(segment: Segment): void {
    const table = Buffer.from(JSON.stringify(segment));
    const start = Buffer.alloc(8);
    start.writeUInt32LE(SKIPPED_MAGIC, 0);
    start.writeUInt32LE(table.length + 8, 4);
    const end = Buffer.alloc(8, TABLE_MAGIC);
    end.writeUInt32LE(table.length, 0);
    writeSync(this.#handle, Buffer.concat([start, table, end]));
  }

  #close(): void {
    const { seq, hash } = this.#begun;
    const offset = this.#offset;
    const bytes = this.put(this.#text);
    this.#frames.push({ offset, bytes, first_seq: seq + 1, last_seq: this.#head.seq, previous_hash: hash, hash: this.#head.hash });
    this.#text = '';
    this.#begun = this.#head;
  }
}

/** What a file says that it holds. Throws Failure `log_file_unusable`. */
export function readSegment(file: string): Segment {
  try {
    const handle = openSync(file, 'r');
    try {
      const { size } = statSync(file);
      const end = bytesAt(handle, size - 8, 8);
      const length = end.readUInt32LE(0);
      if (end.toString('latin1', 4) !== TABLE_MAGIC || length > TABLE_BYTES_AT_MOST) throw new TypeError('its end is missing');
      return JSON.parse(bytesAt(handle, size - 8 - length, length).toString()) as Segment;
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw new Failure('log_file_unusable', { file, reason: reasonOf(error) }, error);
  }
}

/** The chunks of a frame, each held against the chain before it. Throws Failure `log_file_damaged` or `log_file_unusable`. */
export function readFrame(file: string, frame: ArchiveFrame): Link[] {
  const { first_seq, last_seq, previous_hash, hash } = frame;
  const links = linksIn(frameText(file, frame), { seq: first_seq - 1, hash: previous_hash }, file);
  const last = links.at(-1);
  if (last?.last_seq === last_seq && last.hash === hash) return links;
  const reason = 'it does not end where its table says';
  throw new Failure('log_file_damaged', { file, line: 0, first_seq, last_seq, reason, good_events: first_seq - 1 });
}

/** The lines of a frame, unverified. Throws Failure `log_file_damaged`. */
export function frameText(file: string, { offset, bytes, first_seq, last_seq }: ArchiveFrame): string {
  try {
    const handle = openSync(file, 'r');
    try {
      return zstdDecompressSync(bytesAt(handle, offset, bytes)).toString();
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    const good_events = first_seq - 1;
    throw new Failure('log_file_damaged', { file, line: 0, first_seq, last_seq, reason: reasonOf(error), good_events }, error);
  }
}

function bytesAt(handle: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (offset < 0 || readSync(handle, bytes, 0, length, offset) < length) throw new RangeError('it was cut off');
  return bytes;
}

function padded(seq: number): string {
  return String(seq).padStart(15, '0');
}
