/**
 * Owns logs as files: export, import, check. Invariant: a file appears whole under its name or not at all, and what does
 * not verify is not taken in.
 */
import { createReadStream, createWriteStream, existsSync, fsyncSync, openSync, closeSync, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { LogFileSummary } from '../contract/log-reports.ts';
import type { Link } from '../journal/chain.ts';
import type { Chunk, Head } from '../journal/journal.ts';
import { exportLines } from '../journal/jsonl/export-log.ts';
import { type LogFileHeader, retiredTasks } from '../journal/jsonl/log-lines.ts';
import { type LogFilePart, logFileParts } from '../journal/jsonl/read-log-file.ts';
import { openSqliteReader } from '../journal/sqlite/sqlite-reader.ts';
import { makeLog, type MadeLog } from './make-log.ts';

/** An event has at most 256 KB; the line of a chunk names the tasks that retired with it. */
const LINE_CHARACTERS = 16 * 1_048_576;

/** Which log is written where. */
export interface ExportRequest {
  /** Folder of the swarm's journal. */
  readonly folder: string;
  readonly swarm: string;
  /** The last event that is wanted; left out: all. */
  readonly until?: number | undefined;
  /** ms since 1970. */
  readonly now: number;
}

/** Writes a log to a file that is not there yet. Throws Failure `log_missing`, `journal_damaged` or `log_not_written`. */
export async function exportToFile(request: ExportRequest, file: string): Promise<LogFileSummary> {
  const partial = `${file}.partial-${process.pid}`;
  if (existsSync(file)) throw new Failure('log_not_written', { file, reason: 'it is there already, and nothing is written over' });
  try {
    await pipeline(Readable.from(exportedLines(request)), createWriteStream(partial, { flags: 'wx', mode: 0o600 }));
    sync(partial);
    const summary = await verifyFile(partial);
    renameSync(partial, file);
    return summary;
  } catch (error) {
    if (existsSync(partial)) rmSync(partial, { force: true });
    throw error instanceof Failure ? error : new Failure('log_not_written', { file, reason: inWords(error, UNWRITABLE) }, error);
  }
}

/** The lines of a log, for whoever writes them somewhere. Throws Failure `log_missing` or `journal_damaged`. */
export async function* exportedLines({ folder, swarm, until, now }: ExportRequest): AsyncGenerator<string> {
  const reader = openSqliteReader(folder);
  try {
    const end = Math.min(until ?? Infinity, reader.head.seq);
    yield* exportLines(reader, { swarm, until: end, exported_at: new Date(now).toISOString() });
  } finally {
    await reader.close();
  }
}

/** Checks every line of a file. Throws Failure `log_file_damaged` or `log_file_unusable`. */
export async function verifyFile(file: string): Promise<LogFileSummary> {
  let header: LogFileHeader | null = null;
  let head: Head = { seq: 0, hash: '' };
  let chunks = 0;
  for await (const part of partsOf(file)) {
    if ('header' in part) {
      ({ header } = part);
      head = { seq: header.first_seq - 1, hash: header.previous_hash };
    } else {
      head = { seq: part.link.last_seq, hash: part.link.hash };
      chunks += 1;
    }
  }
  if (header === null) throw new Failure('log_file_unusable', { file, reason: 'it has no header' });
  const { journal, swarm, first_seq } = header;
  return { journal, swarm, first_seq, last_seq: head.seq, chunks, hash: head.hash };
}

/** What is imported, and how. */
export interface ImportRequest {
  readonly file: string;
  /** Folder of the swarm's journal, which has none yet. */
  readonly folder: string;
  readonly swarm: string;
  /** true: it becomes that very log again, with its hashes and its archive; false: a log of its own. */
  readonly same: boolean;
  /** Takes what is intact before the first damage, instead of nothing. */
  readonly keep_intact: boolean;
}

/** What was imported, and why not all of it. */
export interface Imported extends MadeLog {
  readonly damage: Failure | null;
}

/** Makes a log of a file. Throws Failure `log_present`, `log_file_damaged`, `log_file_unusable` or `journal_damaged`. */
export async function importFromFile({ file, folder, swarm, same, keep_intact }: ImportRequest): Promise<Imported> {
  const parts = partsOf(file)[Symbol.asyncIterator]();
  const { journal } = await beginningOf(parts, file);
  let damage: Failure | null = null;
  async function* chunks(): AsyncGenerator<Chunk> {
    try {
      for (let next = await parts.next(); next.done !== true; next = await parts.next())
        if ('link' in next.value) yield chunkOf(next.value.link);
    } catch (error) {
      if (!keep_intact || !(error instanceof Failure) || error.code !== 'log_file_damaged') throw error;
      damage = error;
    }
  }
  try {
    const made = await makeLog({ folder, swarm, id: same ? journal : undefined, restored: same, chunks });
    return { ...made, damage };
  } finally {
    await parts.return?.(undefined);
  }
}

/** Looks whether a file begins as a log does. Throws Failure `log_file_damaged` or `log_file_unusable`. */
export async function beginsLog(file: string): Promise<void> {
  const parts = partsOf(file)[Symbol.asyncIterator]();
  try {
    await beginningOf(parts, file);
  } finally {
    await parts.return?.(undefined);
  }
}

async function beginningOf(parts: AsyncIterator<LogFilePart>, file: string): Promise<LogFileHeader> {
  const first = await parts.next();
  if (first.done === true || !('header' in first.value)) throw new Failure('log_file_unusable', { file, reason: 'it is empty' });
  const { header } = first.value;
  if (header.first_seq === 1) return header;
  throw new Failure('log_file_unusable', { file, reason: `it begins with event ${header.first_seq}, not with the first` });
}

/** A stored chunk as it is appended. */
export function chunkOf({ first_seq, last_seq, time, text, retired }: Link): Chunk {
  return { first_seq, last_seq, time, text, retired: retiredTasks(retired) };
}

async function* partsOf(file: string): AsyncGenerator<LogFilePart> {
  const input = createReadStream(file, 'utf8');
  try {
    yield* logFileParts(linesOf(input), file);
  } catch (error) {
    throw error instanceof Failure ? error : new Failure('log_file_unusable', { file, reason: inWords(error, UNREADABLE) }, error);
  } finally {
    input.destroy();
  }
}

/** Lines as JSON knows them: other line breaks than \n may stand inside of a text. */
async function* linesOf(input: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const part of input) {
    // What is left of the last line is not looked through again with each part that follows.
    const [first = '', ...more] = part.split('\n');
    const lines = [rest + first, ...more];
    rest = lines.pop() ?? '';
    if (rest.length > LINE_CHARACTERS) throw new RangeError('a line is far too long');
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const UNREADABLE: Readonly<Record<string, string>> = { ENOENT: 'it is not there', EISDIR: 'it is a folder', EACCES: 'it may not be read' };
const UNWRITABLE: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its folder is a file',
  EACCES: 'its folder may not be written to',
  EROFS: 'its disk may only be read',
  ENOSPC: 'its disk is full',
};

function inWords(error: unknown, words: Readonly<Record<string, string>>): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return words[code] ?? reasonOf(error);
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
