/**
 * Reads what an agent program used from the transcript that it writes while it works: only what is new, each call of a
 * model once, however often the program writes it down.
 * Invariants: memory and the bytes of one look are bounded, whatever stands in the file; a line that is not whole is left
 * for the next look, one that is too long is passed over; nothing here throws.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isLooseObject, type LooseObject, numberAt, parsedObject, textAt } from '../../contract/loose-json.ts';
import type { RunUsage } from '../runner.ts';
import { isTokenCounts, taskInLine, type TokenCounts, USAGE_MARKS, usageInLine, type UsageSample } from './usage-samples.ts';

/** How far a transcript was read. It may be kept on disk between looks. */
export interface UsageCursor {
  /** Bytes that were read. */
  readonly offset: number;
  /** The rest of the line there is passed over. */
  readonly skipping: boolean;
  /** The model that was named last. */
  readonly model: string;
  /** What was counted of the last keys, the newest at the end. */
  readonly counted: readonly (readonly [key: string, counts: TokenCounts])[];
  /** Lines that were written before are not counted; ms since 1970. */
  readonly since: number;
  /** The task that the agent works on, as it named it last to one of our tools; null: none. */
  readonly task_id: string | null;
}

/** True for a cursor that was kept. */
export function isUsageCursor(value: unknown): value is UsageCursor {
  if (!isLooseObject(value) || !Number.isSafeInteger(numberAt(value, 'offset')) || numberAt(value, 'since') === null) return false;
  const { skipping, model, counted, task_id } = value;
  const isCounted = (each: unknown): boolean => Array.isArray(each) && typeof each[0] === 'string' && isTokenCounts(each[1]);
  const isNamed = typeof model === 'string' && (task_id === null || typeof task_id === 'string');
  return typeof skipping === 'boolean' && isNamed && Array.isArray(counted) && counted.every(isCounted);
}

/** What was used, and the task that it was used for; null: nobody knows. */
export interface TaskUsage extends RunUsage {
  readonly task_id: string | null;
}

/** What a look found. */
export interface UsageLook {
  /** By task and model; nothing when nothing is new. What came before a task was named was used for it. */
  readonly usage: readonly TaskUsage[];
  readonly cursor: UsageCursor;
}

const CHUNK_BYTES = 256 * 1024;
const BYTES_AT_ONCE = 8 * 1024 * 1024;
const LONGEST_LINE = 4 * 1024 * 1024;
const KEYS_KEPT = 128;
const MODELS_AT_ONCE = 20;
const NEWLINE = 10;

/** The beginning: nothing was read, and what is older than `since` (ms since 1970) does not count. */
export function beginUsage(since: number): UsageCursor {
  return { offset: 0, skipping: false, model: '', counted: [], since, task_id: null };
}

/** The end of a file as it is now; its beginning while there is none. */
export async function endOfTranscript(file: string, since: number): Promise<UsageCursor> {
  const handle = await openFile(file);
  if (handle === null) return beginUsage(since);
  const { size } = await handle.stat();
  await handle.close();
  // What is written at this moment may be half of a line.
  return { ...beginUsage(since), offset: size };
}

/** Reads on. A file that is not there, or none, has nothing new. */
export async function readUsage(file: string, cursor: UsageCursor): Promise<UsageLook> {
  const handle = await openFile(file);
  if (handle === null) return { usage: [], cursor };
  try {
    return await readFrom(handle, cursor);
  } catch {
    return { usage: [], cursor };
  } finally {
    await handle.close();
  }
}

/** Opens a regular file for reading; null for whatever else. A pipe must not keep anybody waiting. */
async function openFile(file: string): Promise<FileHandle | null> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch {
    // Not there, or not ours to read.
  }
  return null;
}

async function readFrom(handle: FileHandle, cursor: UsageCursor): Promise<UsageLook> {
  const { size } = await handle.stat();
  const tally = createTally(cursor);
  // A file that became shorter is another one; what it holds may have been counted.
  let offset = Math.min(cursor.offset, size);
  let { skipping } = cursor;
  let rest: Buffer = Buffer.alloc(0);
  const end = Math.min(size, offset + BYTES_AT_ONCE);
  for (let at = offset; at < end;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(CHUNK_BYTES, end - at)), 0, null, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    for (let cut = rest.indexOf(NEWLINE); cut >= 0; cut = rest.indexOf(NEWLINE)) {
      if (!skipping) tally.take(rest.subarray(0, cut));
      skipping = false;
      offset += cut + 1;
      rest = rest.subarray(cut + 1);
    }
    if (rest.length > LONGEST_LINE || (skipping && rest.length > 0)) {
      offset += rest.length;
      rest = Buffer.alloc(0);
      skipping = true;
    }
  }
  return { usage: tally.usage(), cursor: { ...tally.cursor(), offset, skipping } };
}

interface Tally {
  readonly take: (line: Buffer) => void;
  readonly usage: () => readonly TaskUsage[];
  readonly cursor: () => Pick<UsageCursor, 'model' | 'counted' | 'since' | 'task_id'>;
}

function createTally({ since, model: first, counted: known, task_id: task }: UsageCursor): Tally {
  let model = first;
  let task_id = task;
  const done: TaskUsage[] = [];
  const counted = new Map<string, TokenCounts>(known);
  const used = new Map<string, TokenCounts>();
  const count = (sample: UsageSample, isNew: boolean): void => {
    const before = counted.get(sample.key);
    const now = before === undefined ? sample.total : greater(sample.total, before);
    counted.delete(sample.key);
    counted.set(sample.key, now);
    const [oldest] = counted.keys();
    if (counted.size > KEYS_KEPT && oldest !== undefined) counted.delete(oldest);
    if (!isNew) return;
    const grown = before === undefined ? (sample.last ?? sample.total) : minus(now, before);
    const name = sample.model === '' ? model : sample.model;
    const place = used.has(name) || used.size < MODELS_AT_ONCE ? name : '';
    used.set(place, plus(used.get(place) ?? NONE, grown));
  };
  const settle = (whose: string | null): void => {
    for (const [name, sum] of used) if (!isNothing(sum)) done.push({ model: name, ...sum, cost_usd: null, task_id: whose });
    used.clear();
  };
  return {
    take(line) {
      const object = objectIn(line);
      if (object === null) return;
      const found = usageInLine(object);
      model = found.model ?? model;
      const written = Date.parse(textAt(object, 'timestamp'));
      if (found.sample !== null) count(found.sample, !(written < since));
      const named = taskInLine(object);
      if (named === null) return;
      settle(named.id);
      task_id = named.ends ? null : named.id;
    },
    usage() {
      settle(task_id);
      return done;
    },
    cursor: () => ({ model, counted: [...counted], since, task_id }),
  };
}

function objectIn(line: Buffer): LooseObject | null {
  return USAGE_MARKS.some((mark) => line.includes(mark)) ? parsedObject(line.toString('utf8')) : null;
}

const NONE: TokenCounts = { tokens_in: 0, tokens_out: 0, cache_read: 0, cache_write: 0 };

function byField(left: TokenCounts, right: TokenCounts, make: (left: number, right: number) => number): TokenCounts {
  return {
    tokens_in: make(left.tokens_in, right.tokens_in),
    tokens_out: make(left.tokens_out, right.tokens_out),
    cache_read: make(left.cache_read, right.cache_read),
    cache_write: make(left.cache_write, right.cache_write),
  };
}

function plus(left: TokenCounts, right: TokenCounts): TokenCounts {
  return byField(left, right, (a, b) => a + b);
}

/** The difference, never below nothing. */
function minus(left: TokenCounts, right: TokenCounts): TokenCounts {
  return byField(left, right, (a, b) => Math.max(0, a - b));
}

function greater(left: TokenCounts, right: TokenCounts): TokenCounts {
  return byField(left, right, Math.max);
}

function isNothing({ tokens_in, tokens_out, cache_read, cache_write }: TokenCounts): boolean {
  return tokens_in + tokens_out + cache_read + cache_write === 0;
}
