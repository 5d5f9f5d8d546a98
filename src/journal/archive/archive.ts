/**
 * Owns what left the live log of one journal: the segments in the folder `archive` beside it.
 * Invariant: what it hands out is chained to what came before; what is not there is said, with where it was looked for.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, reasonOf } from '../../contract/failure.ts';
import { emptyHead, type Link } from '../chain.ts';
import type { ArchivedFile, EventArchive, EventRange } from '../journal.ts';
import { type ArchiveFrame, eventsNamed, readFrame, readSegment, type Segment, shortId } from './segment-file.ts';

/** A segment with its file. */
export interface ArchivedPart extends Segment {
  readonly file: string;
  /** When it was written, in ms since 1970, and its bytes. */
  readonly written: number;
  readonly size: number;
}

interface Found {
  readonly name: string;
  readonly range: EventRange;
  readonly part: ArchivedPart | null;
  readonly fault: string | null;
}

/** The archive of the journal in a folder. */
export class Archive implements EventArchive {
  /** Where its files are. */
  readonly folder: string;
  readonly #journal: string;
  readonly #known = new Map<string, ArchivedPart>();
  #last: { readonly file: string; readonly first_seq: number; readonly links: readonly Link[] } | null = null;

  /** `folder` is that of the journal with this id. */
  constructor(folder: string, journal: string) {
    this.folder = join(folder, 'archive');
    this.#journal = journal;
  }

  /** The segments of this journal that can be read, in order. */
  parts(): readonly ArchivedPart[] {
    // Who needs one that cannot be read is told by `read`.
    return this.#found().flatMap(({ part }) => (part === null ? [] : [part]));
  }

  files(): readonly ArchivedFile[] {
    return this.#found().map(({ name, range, part, fault }) => {
      const { size, previous_hash, hash } = part ?? { size: 0, previous_hash: '', hash: '' };
      return { name, ...range, size, previous_hash, hash, fault };
    });
  }

  /** The first events up to `until` that no segment here holds, or null when all are there. */
  gap(until: number): EventRange | null {
    return firstGap(this.parts(), until);
  }

  absent(until: number): EventRange | null {
    const ranges = this.#names().map((name) => eventsNamed(name));
    return firstGap(
      ranges.filter((range) => range !== null),
      until,
    );
  }

  #names(): string[] {
    const names = existsSync(this.folder) ? readdirSync(this.folder) : [];
    return names.filter((name) => eventsNamed(name)?.journal === shortId(this.#journal)).toSorted();
  }

  #found(): readonly Found[] {
    const names = this.#names();
    for (const name of this.#known.keys()) if (!names.includes(name)) this.#known.delete(name);
    return names.flatMap((name): Found[] => {
      const range = eventsNamed(name) ?? { first_seq: 0, last_seq: 0 };
      const { first_seq, last_seq } = range;
      try {
        const part = this.#part(name);
        return part.journal === this.#journal ? [{ name, range: { first_seq, last_seq }, part, fault: null }] : [];
      } catch (error) {
        return [{ name, range: { first_seq, last_seq }, part: null, fault: reasonOf(error) }];
      }
    });
  }

  /** The chunks that hold events `from`..`until`, in order. Throws Failure `archive_missing`, `log_file_damaged` or `log_file_unusable`. */
  *read(from: number, until: number): Generator<Link> {
    let before = from <= 1 ? emptyHead(this.#journal).hash : null;
    for (let next = from; next <= until;) {
      const part = this.#partOf(next, until);
      for (const frame of part.frames) {
        if (frame.last_seq < next) continue;
        if (before !== null && frame.previous_hash !== before) throw broken(part.file, frame);
        before = frame.hash;
        for (const link of readFrame(part.file, frame)) {
          if (link.last_seq < next) continue;
          if (link.first_seq > until) return;
          yield link;
          next = link.last_seq + 1;
        }
      }
    }
  }

  /** The chunk that holds an event. Throws as `read` does. */
  linkAt(seq: number): Link {
    const part = this.#partOf(seq, seq);
    const frame = part.frames.find(({ last_seq }) => last_seq >= seq);
    const links = frame === undefined ? [] : this.#linksOf(part, frame);
    const link = links.find(({ last_seq }) => last_seq >= seq);
    if (link === undefined) throw this.#missing(seq, seq);
    return link;
  }

  #linksOf({ file }: ArchivedPart, frame: ArchiveFrame): readonly Link[] {
    if (this.#last?.file !== file || this.#last.first_seq !== frame.first_seq)
      this.#last = { file, first_seq: frame.first_seq, links: readFrame(file, frame) };
    return this.#last.links;
  }

  #partOf(seq: number, until: number): ArchivedPart {
    const holds = (part: { readonly first_seq: number; readonly last_seq: number } | null): boolean =>
      part !== null && part.first_seq <= seq && part.last_seq >= seq;
    for (const [name, part] of this.#known)
      if (holds(part) && part.journal === this.#journal && existsSync(part.file)) return this.#part(name);
    const part = this.parts().find(holds);
    if (part !== undefined) return part;
    const unreadable = existsSync(this.folder) ? readdirSync(this.folder).find((name) => holds(eventsNamed(name))) : undefined;
    if (unreadable !== undefined) this.#part(unreadable);
    throw this.#missing(seq, until);
  }

  /** A file that was written anew is read anew. */
  #part(name: string): ArchivedPart {
    const file = join(this.folder, name);
    const { mtimeMs: written, size } = statSync(file);
    const known = this.#known.get(name);
    if (known?.written === written && known.size === size) return known;
    const part = { ...readSegment(file), file, written, size };
    this.#known.set(name, part);
    return part;
  }

  #missing(first_seq: number, last_seq: number): Failure {
    return new Failure('archive_missing', { first_seq, last_seq, folder: this.folder });
  }
}

function firstGap(ranges: readonly EventRange[], until: number): EventRange | null {
  let next = 1;
  for (const { first_seq, last_seq } of ranges) {
    if (next > until) return null;
    if (first_seq > next) return { first_seq: next, last_seq: Math.min(first_seq - 1, until) };
    next = Math.max(next, last_seq + 1);
  }
  return next > until ? null : { first_seq: next, last_seq: until };
}

function broken(file: string, { first_seq, last_seq }: ArchiveFrame): Failure {
  const reason = 'it does not follow the events before it';
  return new Failure('log_file_damaged', { file, line: 0, first_seq, last_seq, reason, good_events: first_seq - 1 });
}
