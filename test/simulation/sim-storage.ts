/**
 * One simulated log as it lies on the disk: frames in one file, and an archive of what left it, in real files.
 *
 *     frame = length of header, of text, checksum of both | header (JSON of the link without its text) | text
 *
 * A file whose beginning is archived starts with a frame that says where the log begins. Invariant: that frame changes in the
 * same step as the chunks that leave or come back, so file and archive together hold every event.
 */
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Archive } from '../../src/journal/archive/archive.ts';
import { emptyHead, type Link } from '../../src/journal/chain.ts';
import type { Head } from '../../src/journal/journal.ts';
import type { DiskUser, SimDisk } from './sim-disk.ts';

const PREFIX_BYTES = 16;
const NOWHERE = '/nowhere';

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
  /** Takes the beginning of the file for that of the log. */
  readonly withoutArchive?: boolean;
  /** Trusts what it finds when the file is opened. */
  readonly withoutRewrite?: boolean;
}

/** What the tools that look after a log leave out: rules whose absence the simulation must notice. */
export interface ArchiveRules {
  /** Lets more leave than was read back from the archive. */
  readonly dropsMore?: boolean;
  /** Copies what the file holds alone. */
  readonly onlyLive?: boolean;
  /** Ends with a whole chunk, whatever was asked for. */
  readonly wholeChunks?: boolean;
}

/** Where a log begins, and what of the tasks that left memory before that is still asked of it. */
interface Beginning extends Head {
  /** The retired tasks of each chunk that has some, with its last event. */
  readonly retired: readonly (readonly [last_seq: number, retired: string])[];
}

/** One simulated log; it outlives its handles. */
export class SimStorage {
  readonly id: string;
  readonly disk: SimDisk;
  readonly rules: JournalRules;
  /** What left the file. */
  readonly archive: Archive;
  /** The handle that may append: of one process at a time. */
  holder: object | null = null;
  readonly #folder: string;

  /** `folder`: where its archive is; left out: it has none. */
  constructor(
    id: string,
    disk: SimDisk,
    { rules = {}, folder = NOWHERE }: { readonly rules?: JournalRules; readonly folder?: string } = {},
  ) {
    this.id = id;
    this.disk = disk;
    this.rules = rules;
    this.#folder = folder;
    this.archive = new Archive(folder, id);
    if (folder !== NOWHERE) mkdirSync(join(folder, 'archive'), { recursive: true });
  }

  /** Where the log in the file begins. */
  get base(): Beginning {
    const { bytes } = this.disk;
    const end = bytes.length < PREFIX_BYTES ? 0 : PREFIX_BYTES + bytes.readUInt32LE(0);
    const header = bytes.toString('utf8', PREFIX_BYTES, Math.min(end, bytes.length));
    return header.startsWith('{"begins"') ? (JSON.parse(header) as BeginningHeader).begins : { ...emptyHead(this.id), retired: [] };
  }

  /** Every event, those that left too, wherever the archive is just now. */
  whole(): Link[] {
    const archive = this.isArchiveAway ? new Archive(this.#elsewhere, this.id) : this.archive;
    return [...archive.read(1, this.base.seq), ...readLinks(this)];
  }

  /** True while somebody has moved the archive elsewhere. */
  get isArchiveAway(): boolean {
    return existsSync(join(this.#elsewhere, 'archive'));
  }

  get #elsewhere(): string {
    return join(this.#folder, 'elsewhere');
  }

  /** Somebody moves the archive elsewhere, or back. */
  moveArchive(away: boolean): void {
    if (away === this.isArchiveAway) return;
    mkdirSync(this.#elsewhere, { recursive: true });
    const [here, there] = [join(this.#folder, 'archive'), join(this.#elsewhere, 'archive')];
    renameSync(away ? here : there, away ? there : here);
  }

  /** Lets the chunks up to `to` leave the file. */
  dropTo(user: DiskUser, to: Head): Promise<void> {
    return this.disk.replaceFront(user, (bytes) => {
      let { retired } = this.base;
      let end = 0;
      for (const frame of framesIn(bytes, true)) {
        if ('begins' in frame.header) continue;
        if (frame.header.last_seq > to.seq) break;
        if (frame.header.retired !== '') retired = [...retired, [frame.header.last_seq, frame.header.retired]];
        ({ end } = frame);
      }
      return { count: end, instead: beginningFrame({ ...to, retired }) };
    });
  }

  /** Brings chunks back that end where the log begins; it then begins after `before`. */
  bringBack(user: DiskUser, links: readonly Link[], before: Head): Promise<void> {
    return this.disk.replaceFront(user, (bytes) => {
      const [first] = framesIn(bytes, true);
      const retired = this.base.retired.filter(([last_seq]) => last_seq <= before.seq);
      const beginning = before.seq === 0 ? [] : [beginningFrame({ ...before, retired })];
      return { count: first?.end ?? 0, instead: Buffer.concat([...beginning, ...links.map(frameOf)]) };
    });
  }
}

interface BeginningHeader {
  readonly begins: Beginning;
}

interface Frame {
  readonly header: Omit<Link, 'text'> | BeginningHeader;
  readonly text: string;
  /** Where it ends in the file. */
  readonly end: number;
}

/** Every whole frame up to the first that is torn. */
function* framesIn(bytes: Buffer, checked: boolean): Generator<Frame> {
  let offset = 0;
  while (offset + PREFIX_BYTES <= bytes.length) {
    const headerBytes = bytes.readUInt32LE(offset);
    const textBytes = bytes.readUInt32LE(offset + 4);
    const end = offset + PREFIX_BYTES + headerBytes + textBytes;
    if (end > bytes.length) return;
    const body = bytes.subarray(offset + PREFIX_BYTES, end);
    const isWhole = checksum(body).equals(bytes.subarray(offset + 8, offset + PREFIX_BYTES));
    if (!isWhole && checked) return;
    const header = JSON.parse(body.toString('utf8', 0, headerBytes)) as Frame['header'];
    yield { header, text: body.toString('utf8', headerBytes), end };
    offset = end;
  }
}

/** Every chunk of the file up to the first that is torn; `onlySafe`: those that no power cut can take. */
export function readLinks({ disk, rules }: SimStorage, onlySafe = false): Link[] {
  const links: Link[] = [];
  for (const { header, text } of framesIn(onlySafe ? disk.safeBytes : disk.bytes, rules.withoutChecksum !== true))
    if (!('begins' in header)) links.push({ ...header, text });
  return links;
}

/** What the file holds, chunk after chunk, written anew. */
export function bytesOf(storage: SimStorage, links: readonly Link[]): Buffer {
  const { base } = storage;
  return Buffer.concat([...(base.seq === 0 ? [] : [beginningFrame(base)]), ...links.map(frameOf)]);
}

/** A chunk as it is written. */
export function frameOf({ text, ...header }: Link): Buffer {
  return frame(Buffer.from(JSON.stringify(header)), text);
}

function beginningFrame({ seq, hash: after, retired }: Beginning): Buffer {
  return frame(Buffer.from(JSON.stringify({ begins: { seq, hash: after, retired } })), '');
}

function frame(head: Buffer, text: string): Buffer {
  const body = Buffer.concat([head, Buffer.from(text)]);
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(head.length, 0);
  prefix.writeUInt32LE(body.length - head.length, 4);
  return Buffer.concat([prefix, checksum(body), body]);
}

function checksum(body: Buffer): Buffer {
  return Buffer.from(hash('sha256', body), 'hex').subarray(0, 8);
}
