/**
 * Owns the form of a log as a file of JSON lines: a header, then for each chunk its events, one per line, and a line with
 * the chunk's hash; at last a line that says that this is the end. The hashes are those of the journal itself.
 * Invariant: a chunk's text is made again from its lines byte for byte, or its lines carry the records as they were stored.
 */
import { hash } from 'node:crypto';
import type { Link } from '../chain.ts';
import type { RetiredTask } from '../journal.ts';

/** The form that is written here. */
export const LOG_FILE_FORMAT = 1;

/** What a file says of itself at its beginning. */
export interface LogFileHeader {
  /** Identity of the journal that it came from. */
  readonly journal: string;
  readonly swarm: string;
  /** Its first event. */
  readonly first_seq: number;
  /** Hash of the chain before it. */
  readonly previous_hash: string;
  /** ISO 8601, UTC. */
  readonly exported_at: string;
}

/** What a file says at its end: without it, it was cut off. */
export interface LogFileEnd {
  readonly last_seq: number;
  readonly chunks: number;
  readonly hash: string;
  /** Hash of the header's line. */
  readonly header: string;
}

type EventRecord = readonly [type: string, version: number, time: number, actor: string, command_id: string | null, data: unknown];

/** The header as a line. */
export function headerLine(header: LogFileHeader): string {
  return `${JSON.stringify({ tutti_log: LOG_FILE_FORMAT, ...header })}\n`;
}

/** The end as a line. */
export function endLine(end: LogFileEnd): string {
  return `${JSON.stringify({ end })}\n`;
}

/** A chunk as lines: its events, then its place in the chain. */
export function chunkLines(link: Link): string {
  const { first_seq, last_seq, time, text, retired } = link;
  const lines = recordsOf(text).map((record, index) => eventLine(first_seq + index, record));
  const chunk = { first_seq, last_seq, time, ...(retired === '' ? {} : { retired: JSON.parse(retired) as unknown }), hash: link.hash };
  return `${lines.join('')}${JSON.stringify({ chunk })}\n`;
}

/** The records of a chunk's text: no line break stands inside of one, so each is exactly as it was stored. */
export function recordsOf(text: string): string[] {
  return text.slice(1, -1).split(',\n');
}

/** A chunk's text from its records. */
export function textOf(records: readonly string[]): string {
  return `[${records.join(',\n')}]`;
}

/** The time of a record, in ms since 1970. */
export function timeOf(record: string): number {
  return (JSON.parse(record) as EventRecord)[2];
}

/** The record of an event's line as it was stored. Throws when the line is none. */
export function recordOf(line: Readonly<Record<string, unknown>>): string {
  if (typeof line['record'] === 'string') return line['record'];
  const { type, version, time, actor, command_id, data } = line;
  if (typeof type !== 'string' || typeof version !== 'number') throw new TypeError('this is no event');
  return JSON.stringify([type, version, time, actor, command_id, data]);
}

/** The retired tasks of a chunk, from the text that its hash covers. */
export function retiredTasks(retired: string): RetiredTask[] {
  if (retired === '') return [];
  const rows = JSON.parse(retired) as [string, string, string, number][];
  return rows.map(([id, status, content_hash, last_seq]) => ({ id, status, content_hash, last_seq }));
}

/** SHA-256 of a text, in hexadecimal. */
export function digestOf(text: string): string {
  return hash('sha256', text);
}

/** The name of a log that was made from another: always the same for the same beginning. */
export function derivedId(journal: string, what: string): string {
  const digest = digestOf(`${journal}\n${what}`);
  return [digest.slice(0, 8), digest.slice(8, 12), digest.slice(12, 16), digest.slice(16, 20), digest.slice(20, 32)].join('-');
}

function eventLine(seq: number, record: string): string {
  const parsed = JSON.parse(record) as EventRecord;
  if (JSON.stringify(parsed) !== record || !Array.isArray(parsed) || parsed.length !== 6) return `${JSON.stringify({ seq, record })}\n`;
  const [type, version, time, actor, command_id, data] = parsed;
  return `${JSON.stringify({ seq, time, type, version, actor, command_id, data })}\n`;
}
