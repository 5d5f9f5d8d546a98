/**
 * Owns reading whatever can still be read of a damaged archive: file by file, part by part, chunk by chunk.
 * Invariants: chunks and gaps come in order and follow each other without a hole; a chunk is handed out only when its hash
 * fits what stands before it, as the chunk before or the table of the file states that.
 */
import { Failure, reasonOf } from '../../contract/failure.ts';
import { emptyHead, type Link } from '../chain.ts';
import type { EventRange, Head } from '../journal.ts';
import { linksIn } from '../jsonl/read-log-file.ts';
import type { Archive } from './archive.ts';
import { type ArchiveFrame, frameText } from './segment-file.ts';

/** Events that cannot be read, and why. */
export interface LogGap extends EventRange {
  readonly reason: string;
}

/** The next part of a damaged log: an intact chunk, or a gap. */
export type SalvagedPart = { readonly link: Link } | { readonly gap: LogGap };

const CHUNK_LINE = '{"chunk":';

/** The parts of an archive up to an event. */
export function* salvagedArchive(archive: Archive, journalId: string, until: number): Generator<SalvagedPart> {
  let end: Head = emptyHead(journalId);
  for (const { file, frames } of archive.parts()) {
    for (const frame of frames) {
      if (frame.last_seq <= end.seq || frame.first_seq > until) continue;
      if (frame.first_seq > end.seq + 1) yield gapOf(end.seq + 1, frame.first_seq - 1, awayFrom(archive));
      // A frame that begins before what was read, or after a hole, stands on what its table states.
      const before: Head =
        frame.first_seq === end.seq + 1 && end.hash !== '' ? end : { seq: frame.first_seq - 1, hash: frame.previous_hash };
      for (const part of salvagedFrame(file, frame, before)) {
        const last = 'link' in part ? part.link.last_seq : part.gap.last_seq;
        if (last > end.seq && last <= until) yield part;
      }
      end = { seq: frame.last_seq, hash: frame.hash };
    }
  }
  if (end.seq < until) yield gapOf(end.seq + 1, until, awayFrom(archive));
}

/** The chunks of a frame, each on its own: what is behind a damaged one stands on the hash that one states. */
function* salvagedFrame(file: string, frame: ArchiveFrame, begin: Head): Generator<SalvagedPart> {
  let text: string;
  try {
    text = frameText(file, frame);
  } catch (error) {
    yield gapOf(begin.seq + 1, frame.last_seq, causeOf(error));
    return;
  }
  let before = begin;
  for (const lines of chunksOf(text)) {
    const stated = statedEnd(lines, before.seq, frame.last_seq);
    try {
      const [link] = linksIn(lines, before, file);
      if (link === undefined) continue;
      yield { link };
      before = { seq: link.last_seq, hash: link.hash };
    } catch (error) {
      if (stated === null) continue;
      yield gapOf(before.seq + 1, stated.seq, causeOf(error));
      before = stated;
    }
  }
  if (before.seq < frame.last_seq) yield gapOf(before.seq + 1, frame.last_seq, 'they cannot be read');
}

/** The lines of each chunk, its place in the chain last. */
function* chunksOf(text: string): Generator<string> {
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    lines.push(line);
    if (!line.startsWith(CHUNK_LINE)) continue;
    yield lines.join('\n');
    lines = [];
  }
}

/** The end that a chunk states of itself, where that can be. */
function statedEnd(lines: string, after: number, until: number): Head | null {
  try {
    const last = JSON.parse(lines.slice(lines.lastIndexOf('\n') + 1)) as { chunk?: { last_seq?: unknown; hash?: unknown } };
    const { last_seq, hash } = last.chunk ?? {};
    if (typeof last_seq !== 'number' || typeof hash !== 'string' || !Number.isSafeInteger(last_seq)) return null;
    return last_seq > after && last_seq <= until ? { seq: last_seq, hash } : null;
  } catch {
    return null;
  }
}

function gapOf(first_seq: number, last_seq: number, reason: string): SalvagedPart {
  return { gap: { first_seq, last_seq, reason } };
}

function causeOf(error: unknown): string {
  const reason = error instanceof Failure ? error.params['reason'] : undefined;
  return typeof reason === 'string' ? reason : reasonOf(error);
}

function awayFrom({ folder }: Archive): string {
  return `they are archived, and no readable file in ${folder} holds them`;
}
