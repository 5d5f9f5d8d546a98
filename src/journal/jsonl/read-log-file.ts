/**
 * Owns reading a log back from its lines. Every chunk is held against the chain before it is handed out.
 * Invariant: what comes out was all written by one journal, in its order; the first line that does not fit is named.
 */
import { Failure, reasonOf } from '../../contract/failure.ts';
import { brokenLink, emptyHead, type Link } from '../chain.ts';
import type { Head } from '../journal.ts';
import { digestOf, LOG_FILE_FORMAT, type LogFileEnd, type LogFileHeader, recordOf, textOf } from './log-lines.ts';

/** A part of a file: the header first, then its chunks. */
export type LogFilePart = { readonly header: LogFileHeader } | { readonly link: Link };

/** Events of one chunk, in characters: a file that never ends a chunk would fill the memory. */
const CHUNK_CHARACTERS = 64 * 1_048_576;

/** How files begin that are taken for a log by mistake. */
const OTHER_FILES: readonly (readonly [string, string])[] = [
  ['\u001F', 'it is compressed: unpack it first, with gunzip'],
  ['(\uFFFD/', 'it is compressed: unpack it first, with zstd -d'],
  ['SQLite format', 'it is the database of a log: name its folder with --data, and export that'],
];

type Line = Readonly<Record<string, unknown>>;

/** The parts of a file, verified. Throws Failure `log_file_damaged`, which says at which line and what is intact before, or `log_file_unusable`. */
export async function* logFileParts(lines: AsyncIterable<string>, file: string): AsyncGenerator<LogFilePart> {
  const reading = new Reading(file);
  try {
    for await (const text of lines) {
      const part = reading.take(text);
      if (part !== null) yield part;
    }
  } catch (error) {
    throw error instanceof Failure ? error : reading.broken(error);
  }
  reading.finish();
}

/** The chunks of some lines that follow `before`. Throws Failure `log_file_damaged`. */
export function linksIn(text: string, before: Head, file: string): Link[] {
  const reading = new Reading(file, before);
  return text.split('\n').flatMap((line) => {
    const part = reading.take(line);
    return part !== null && 'link' in part ? [part.link] : [];
  });
}

/** One pass over a file. */
class Reading {
  readonly #file: string;
  #line = 0;
  #head: Head | null = null;
  #first = 1;
  #header = '';
  #records: string[] = [];
  #characters = 0;
  #chunks = 0;
  #ended = false;

  constructor(file: string, before: Head | null = null) {
    this.#file = file;
    this.#head = before;
    if (before !== null) this.#first = before.seq + 1;
  }

  take(text: string): LogFilePart | null {
    this.#line += 1;
    if (text === '') return null;
    if (this.#ended) throw this.#damage('there is more after its end');
    if (this.#head === null) {
      this.#header = digestOf(text);
      return this.#begin(this.#headerIn(text));
    }
    const line = this.#parse(text);
    if ('chunk' in line) return { link: this.#close(line['chunk'] as Partial<Link> & { retired?: unknown }, this.#head) };
    if ('end' in line) this.#end(line['end'] as Partial<LogFileEnd>, this.#head);
    else this.#add(line, this.#head.seq + this.#records.length + 1);
    return null;
  }

  /** No further line can be read. What was read before is intact, once there was a header. */
  broken(error: unknown): unknown {
    this.#line += 1;
    return this.#head === null ? error : this.#damage(reasonOf(error));
  }

  finish(): void {
    if (this.#head === null) throw new Failure('log_file_unusable', { file: this.#file, reason: 'it is empty' });
    if (!this.#ended) throw this.#damage('it was cut off: its last line is missing');
  }

  #headerIn(text: string): Line {
    const reason = OTHER_FILES.find(([start]) => text.startsWith(start))?.[1] ?? 'it is no log: its first line is no header of one';
    try {
      const line: unknown = JSON.parse(text);
      if (typeof line === 'object' && line !== null && 'tutti_log' in line) return { ...line };
    } catch (error) {
      throw new Failure('log_file_unusable', { file: this.#file, reason }, error);
    }
    throw new Failure('log_file_unusable', { file: this.#file, reason });
  }

  #parse(text: string): Line {
    try {
      const line: unknown = JSON.parse(text);
      if (typeof line === 'object' && line !== null && !Array.isArray(line)) return line as Line;
    } catch (error) {
      throw this.#damage(`it is no JSON: ${reasonOf(error)}`);
    }
    throw this.#damage('it is no JSON object');
  }

  #begin(line: Line): LogFilePart {
    const { tutti_log, journal, swarm, first_seq, previous_hash, exported_at } = line;
    if (typeof tutti_log !== 'number') throw this.#damage('the format in its header is no number');
    if (tutti_log > LOG_FILE_FORMAT) throw new Failure('journal_version', { found: tutti_log, known: LOG_FILE_FORMAT });
    if (typeof journal !== 'string' || typeof first_seq !== 'number' || typeof previous_hash !== 'string') {
      throw this.#damage('its header is not complete');
    }
    if (first_seq === 1 && previous_hash !== emptyHead(journal).hash) throw this.#damage('its beginning is not that of its journal');
    this.#first = first_seq;
    this.#head = { seq: first_seq - 1, hash: previous_hash };
    return { header: { journal, first_seq, previous_hash, swarm: String(swarm), exported_at: String(exported_at) } };
  }

  #add(line: Line, seq: number): void {
    if (line['seq'] !== seq) throw this.#damage(`event ${seq} should stand here`);
    try {
      const record = recordOf(line);
      this.#records.push(record);
      this.#characters += record.length;
    } catch (error) {
      throw this.#damage(reasonOf(error));
    }
    if (this.#characters > CHUNK_CHARACTERS) throw this.#damage('its chunk is far too long');
  }

  #close({ first_seq, last_seq, time, hash, retired }: Partial<Link> & { retired?: unknown }, head: Head): Link {
    if (typeof first_seq !== 'number' || typeof last_seq !== 'number' || typeof time !== 'number' || typeof hash !== 'string') {
      throw this.#damage('its place in the chain is not complete');
    }
    if (last_seq - first_seq + 1 !== this.#records.length) throw this.#damage('events of this chunk are missing');
    const link = {
      first_seq,
      last_seq,
      time,
      text: textOf(this.#records),
      retired: retired === undefined ? '' : JSON.stringify(retired),
      hash,
    };
    const reason = brokenLink(link, head);
    if (reason !== null) throw this.#damage(reason, last_seq);
    this.#head = { seq: last_seq, hash };
    this.#records = [];
    this.#characters = 0;
    this.#chunks += 1;
    return link;
  }

  #end({ last_seq, chunks, hash, header }: Partial<LogFileEnd>, head: Head): void {
    if (header !== this.#header) throw this.#damage('the first line is not the one that was written');
    const whole = last_seq === head.seq && hash === head.hash && chunks === this.#chunks && this.#records.length === 0;
    if (!whole) throw this.#damage(`its end speaks of ${chunks} chunks up to event ${last_seq}, not of ${this.#chunks} up to ${head.seq}`);
    this.#ended = true;
  }

  #damage(reason: string, last?: number): Failure {
    const good = this.#head?.seq ?? 0;
    const first_seq = this.#head === null ? this.#first : good + 1;
    const last_seq = last ?? Math.max(first_seq, good + this.#records.length);
    const good_events = this.#head === null ? 0 : good - this.#first + 1;
    return new Failure('log_file_damaged', { file: this.#file, line: this.#line, first_seq, last_seq, reason, good_events });
  }
}
