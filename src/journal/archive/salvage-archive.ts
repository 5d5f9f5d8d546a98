/**
 * Owns reading whatever can still be read of a damaged archive: file by file, part by part, chunk by chunk.
 * Invariants: chunks and gaps come in order and follow each other without a hole; a chunk is handed out only when its hash
 * fits what stands before it, as the chunk before or the table of the file states that.
 */
import { join } from 'node:path';
import { emptyHead } from '../chain.ts';
import type { Head } from '../journal.ts';
import { linksIn } from '../jsonl/read-log-file.ts';
import type { Archive } from './archive.ts';
import { causeOf, chunksOf, gapOf, salvagedSegment, type SalvagedPart, statedEnd } from './salvage-segment.ts';
import { type ArchiveFrame, frameText } from './segment-file.ts';

/** The parts of an archive up to an event. */
export function* salvagedArchive(archive: Archive, journalId: string, until: number): Generator<SalvagedPart> {
  let end: Head = emptyHead(journalId);
  const parts = new Map(archive.parts().map((part) => [part.file, part]));
  for (const { name, first_seq, last_seq } of archive.files()) {
    const file = join(archive.folder, name);
    const part = parts.get(file);
    if (part === undefined) {
      if (last_seq <= end.seq || first_seq > until) continue;
      if (first_seq > end.seq + 1) yield gapOf(end.seq + 1, first_seq - 1, awayFrom(archive));
      end = yield* salvagedWithin(salvagedSegment(file, { first_seq, last_seq }, end), { after: end.seq, until, last_seq });
    } else {
      for (const frame of part.frames) {
        if (frame.last_seq <= end.seq || frame.first_seq > until) continue;
        if (frame.first_seq > end.seq + 1) yield gapOf(end.seq + 1, frame.first_seq - 1, awayFrom(archive));
        // A frame that begins before what was read, or after a hole, stands on what its table states.
        const before: Head =
          frame.first_seq === end.seq + 1 && end.hash !== '' ? end : { seq: frame.first_seq - 1, hash: frame.previous_hash };
        yield* salvagedWithin(salvagedFrame(file, frame, before), { after: end.seq, until, last_seq: frame.last_seq });
        end = { seq: frame.last_seq, hash: frame.hash };
      }
    }
  }
  if (end.seq < until) yield gapOf(end.seq + 1, until, awayFrom(archive));
}

/** Those of some parts that are between two events; returns where they end, with the hash there if a chunk proves it. */
function* salvagedWithin(
  parts: Iterable<SalvagedPart>,
  { after, until, last_seq }: { readonly after: number; readonly until: number; readonly last_seq: number },
): Generator<SalvagedPart, Head> {
  let end: Head = { seq: last_seq, hash: '' };
  for (const part of parts) {
    const last = 'link' in part ? part.link.last_seq : part.gap.last_seq;
    if (last > after && last <= until) yield part;
    if ('link' in part && last === last_seq) end = { seq: last, hash: part.link.hash };
  }
  return end;
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

function awayFrom({ folder }: Archive): string {
  return `they are archived, and no readable file in ${folder} holds them`;
}
