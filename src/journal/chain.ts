/**
 * Owns the hash chain that binds every chunk of a journal to all before it, the same in every implementation.
 * Invariant: each stored field of a chunk enters its hash, and no two different chunks share the same hashed text:
 * the retired part is one line and the last, so nothing can move across the borders between the parts.
 */
import { hash } from 'node:crypto';
import type { Chunk, Head, RetiredTask } from './journal.ts';

/** A chunk as it is stored: what its hash covers (`retired` as `retiredText` made it), and that hash in hexadecimal. */
export interface Link {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly time: number;
  readonly text: string;
  readonly retired: string;
  readonly hash: string;
}

/** The head of an empty journal. Its hash comes from the journal's id, so that the chains of two journals never meet. */
export function emptyHead(journalId: string): Head {
  return { seq: 0, hash: hash('sha256', journalId) };
}

/** Binds a chunk to the hash before it. */
export function linkChunk(previousHash: string, chunk: Chunk): Link {
  const { first_seq, last_seq, time, text } = chunk;
  const fields = { first_seq, last_seq, time, text, retired: retiredText(chunk.retired) };
  return { ...fields, hash: linkHash(previousHash, fields) };
}

/** Why this chunk cannot follow the event `seq`, or null when it can. */
export function misplacement(chunk: Pick<Chunk, 'first_seq' | 'last_seq'>, seq: number): string | null {
  if (chunk.first_seq !== seq + 1) return `the chunk starts at event ${chunk.first_seq}, not at ${seq + 1}`;
  if (!Number.isSafeInteger(chunk.last_seq) || chunk.last_seq < chunk.first_seq) {
    return `the chunk that starts at event ${chunk.first_seq} ends at ${chunk.last_seq}`;
  }
  return null;
}

/** Why a stored chunk is not the one that was appended after `previous`, or null when it is. */
export function brokenLink(link: Link, previous: Head): string | null {
  const misplaced = misplacement(link, previous.seq);
  if (misplaced !== null) return misplaced;
  return linkHash(previous.hash, link) === link.hash ? null : 'the hash does not match what is stored';
}

/** The events of a stored chunk whose text still parses, whatever its hash says; 0 when it does not. */
export function readableEvents(link: Link): number {
  const expected = link.last_seq - link.first_seq + 1;
  try {
    const parsed: unknown = JSON.parse(link.text);
    return Array.isArray(parsed) && parsed.length === expected ? expected : 0;
  } catch {
    return 0;
  }
}

function linkHash(previousHash: string, link: Omit<Link, 'hash'>): string {
  return hash('sha256', `${previousHash}\n${link.first_seq} ${link.last_seq} ${link.time}\n${link.text}\n${link.retired}`);
}

/** The retired tasks of a chunk as one line of JSON, empty when there are none. */
function retiredText(retired: readonly RetiredTask[]): string {
  if (retired.length === 0) return '';
  return JSON.stringify(retired.map((task) => [task.id, task.status, task.content_hash, task.last_seq]));
}
