/**
 * Owns reading an archived file whose table is destroyed or cut off: its compressed parts are found by how each begins, and
 * their chunks say themselves where they belong.
 * Invariants: chunks and gaps come in order and follow each other without a hole, from the first event that the name of the
 * file tells to its last; a chunk is handed out only when its hash fits what stands before it.
 */
import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { Failure, reasonOf } from '../../contract/failure.ts';
import type { Link } from '../chain.ts';
import type { EventRange, Head } from '../journal.ts';
import { linksIn } from '../jsonl/read-log-file.ts';

/** Events that cannot be read, and why. */
export interface LogGap extends EventRange {
  readonly reason: string;
}

/** The next part of a damaged log: an intact chunk, or a gap. */
export type SalvagedPart = { readonly link: Link } | { readonly gap: LogGap };

const CHUNK_LINE = '{"chunk":';
/** How a compressed part begins, and one that a decompressor skips, as the table (RFC 8878, 3.1). */
const BEGINNINGS = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.from([0x50, 0x2a, 0x4d, 0x18])];
/** The bytes of a beginning may stand inside of a part too: so many are passed over before it is given up. */
const FALSE_BEGINNINGS = 8;

/** The parts of a file without its table. `before`: the end of what was read before it; its hash is empty where that is unknown. */
export function* salvagedSegment(file: string, { first_seq, last_seq }: EventRange, before: Head): Generator<SalvagedPart> {
  let end: Head = before.seq === first_seq - 1 ? before : { seq: first_seq - 1, hash: '' };
  for (const text of partTexts(file)) {
    if (end.hash === '') end = statedBeginning(text, end) ?? end;
    for (const lines of chunksOf(text)) {
      const stated = statedEnd(lines, end.seq, last_seq);
      if (stated === null) continue;
      if (stated.first_seq > end.seq + 1) {
        yield gapOf(end.seq + 1, stated.first_seq - 1, 'they cannot be read');
        end = { seq: stated.first_seq - 1, hash: '' };
      }
      yield provenPart(lines, end, { stated, file });
      end = stated;
    }
  }
  if (end.seq < last_seq) yield gapOf(end.seq + 1, last_seq, 'they cannot be read');
}

/** The chunk of some lines, where it follows `before`, or the gap that it leaves. */
function provenPart(lines: string, before: Head, { stated, file }: { readonly stated: Head; readonly file: string }): SalvagedPart {
  if (before.hash === '') return gapOf(before.seq + 1, stated.seq, 'the chunk before them is gone, so nothing proves them');
  try {
    const [link] = linksIn(lines, before, file);
    if (link !== undefined) return { link };
    return gapOf(before.seq + 1, stated.seq, 'they cannot be read');
  } catch (error) {
    return gapOf(before.seq + 1, stated.seq, causeOf(error));
  }
}

/** What can be decompressed of a file, in order. */
function* partTexts(file: string): Generator<string> {
  const bytes = readFileSync(file);
  const begins = beginningsIn(bytes);
  for (let index = 0; index < begins.length;) {
    const part = partFrom(bytes, begins, index);
    if (part !== null) yield part.text;
    index = part?.next ?? index + 1;
  }
}

function partFrom(bytes: Buffer, begins: readonly number[], index: number): { readonly text: string; readonly next: number } | null {
  const last = Math.min(begins.length, index + 1 + FALSE_BEGINNINGS);
  for (let next = index + 1; next <= last; next += 1) {
    try {
      return { text: zstdDecompressSync(bytes.subarray(begins[index], begins[next] ?? bytes.length)).toString(), next };
    } catch {
      // It is damaged, or goes on behind what only looks like a beginning.
    }
  }
  return null;
}

function beginningsIn(bytes: Buffer): readonly number[] {
  const found: number[] = [];
  for (const beginning of BEGINNINGS)
    for (let at = bytes.indexOf(beginning); at !== -1; at = bytes.indexOf(beginning, at + 1)) found.push(at);
  return found.toSorted((a, b) => a - b);
}

/** What the header of a file says of the chain before it. */
function statedBeginning(text: string, { seq }: Head): Head | null {
  try {
    const { first_seq, previous_hash } = JSON.parse(text) as { first_seq?: unknown; previous_hash?: unknown };
    return first_seq === seq + 1 && typeof previous_hash === 'string' ? { seq, hash: previous_hash } : null;
  } catch {
    return null;
  }
}

/** The lines of each chunk, its place in the chain last. */
export function* chunksOf(text: string): Generator<string> {
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    lines.push(line);
    if (!line.startsWith(CHUNK_LINE)) continue;
    yield lines.join('\n');
    lines = [];
  }
}

/** The place that a chunk states of itself, where that can be. */
export function statedEnd(lines: string, after: number, until: number): (Head & { readonly first_seq: number }) | null {
  try {
    const last = JSON.parse(lines.slice(lines.lastIndexOf('\n') + 1)) as { chunk?: Record<string, unknown> };
    const { first_seq, last_seq, hash } = last.chunk ?? {};
    if (typeof first_seq !== 'number' || typeof last_seq !== 'number' || typeof hash !== 'string') return null;
    if (!Number.isSafeInteger(last_seq) || !Number.isSafeInteger(first_seq)) return null;
    return first_seq > after && last_seq >= first_seq && last_seq <= until ? { first_seq, seq: last_seq, hash } : null;
  } catch {
    return null;
  }
}

/** Events that cannot be read, as a part. */
export function gapOf(first_seq: number, last_seq: number, reason: string): SalvagedPart {
  return { gap: { first_seq, last_seq, reason } };
}

/** Why something could not be read, in words. */
export function causeOf(error: unknown): string {
  const reason = error instanceof Failure ? error.params['reason'] : undefined;
  return typeof reason === 'string' ? reason : reasonOf(error);
}
