/**
 * Owns writing a log as a file of JSON lines, chunk after chunk. Invariant: no more than a page of the log is in memory.
 */
import { emptyHead, linkChunk, type Link } from '../chain.ts';
import type { Head } from '../journal.ts';
import { chunkLines, digestOf, endLine, headerLine, recordsOf, retiredTasks, textOf, timeOf } from './log-lines.ts';

/** A log to be written out. */
export interface LogSource {
  readonly id: string;
  read(fromSeq: number): AsyncIterable<Link>;
}

/** What is written. */
export interface ExportOptions {
  readonly swarm: string;
  /** The last event that is wanted. */
  readonly until: number;
  /** ISO 8601, UTC. */
  readonly exported_at: string;
}

/** The lines of a log, some thousand characters at a time. Throws Failure `journal_damaged`. */
export async function* exportLines(source: LogSource, { swarm, until, exported_at }: ExportOptions): AsyncGenerator<string> {
  let head = emptyHead(source.id);
  let chunks = 0;
  const header = headerLine({ journal: source.id, swarm, first_seq: 1, previous_hash: head.hash, exported_at });
  yield header;
  for await (const link of linksUntil(source, until)) {
    yield chunkLines(link);
    head = { seq: link.last_seq, hash: link.hash };
    chunks += 1;
  }
  yield endLine({ last_seq: head.seq, chunks, hash: head.hash, header: digestOf(header.trimEnd()) });
}

/** The chunks of a log up to an event; the last one is cut there, and linked anew. */
export async function* linksUntil(source: LogSource, until: number): AsyncGenerator<Link> {
  let head: Head = emptyHead(source.id);
  if (until < 1) return;
  for await (const link of source.read(1)) {
    if (link.last_seq > until) {
      yield cutAfter(link, until, head);
      return;
    }
    yield link;
    if (link.last_seq === until) return;
    head = { seq: link.last_seq, hash: link.hash };
  }
}

function cutAfter(link: Link, until: number, before: Head): Link {
  const records = recordsOf(link.text).slice(0, until - link.first_seq + 1);
  const retiring = records.reduce((sum, record) => sum + (record.startsWith('["tasks_retired"') ? retiredBy(record) : 0), 0);
  return linkChunk(before.hash, {
    first_seq: link.first_seq,
    last_seq: until,
    time: timeOf(records.at(-1) ?? 'null'),
    text: textOf(records),
    retired: retiredTasks(link.retired).slice(0, retiring),
  });
}

function retiredBy(record: string): number {
  return (JSON.parse(record) as [string, number, number, string, string | null, { count: number }])[5].count;
}
