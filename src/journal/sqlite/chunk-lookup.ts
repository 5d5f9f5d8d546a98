/**
 * Owns the read-only connection beside the writer: short reads on the calling thread, each well under a millisecond.
 * Invariant: it never holds a read open, so it never keeps the write-ahead log from restarting.
 */
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Failure, reasonOf } from '../../contract/failure.ts';
import { Archive } from '../archive/archive.ts';
import { brokenLink, emptyHead, type Link } from '../chain.ts';
import type { Head, RetiredTask, StoredChunk } from '../journal.ts';
import { readBase } from './base.ts';
import { BUSY_TIMEOUT_MS, readMeta } from './database.ts';
import { decodeHead, decodeLink, HEAD_COLUMNS, LINK_COLUMNS } from './link-row.ts';

/** Finds single chunks and retired tasks. */
export class ChunkLookup {
  readonly #connection: DatabaseSync;
  readonly #journalId: string;
  readonly #archive: Archive;
  readonly #chunk: StatementSync;
  readonly #head: StatementSync;
  readonly #retired: StatementSync;

  constructor(file: string, journalId: string, archive: Archive = new Archive(dirname(file), journalId)) {
    this.#connection = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    this.#journalId = journalId;
    this.#archive = archive;
    this.#chunk = this.#connection.prepare(`SELECT ${LINK_COLUMNS} FROM chunks WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1`);
    this.#head = this.#connection.prepare(`SELECT ${HEAD_COLUMNS} FROM chunks WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1`);
    this.#retired = this.#connection.prepare('SELECT id, status, content_hash, last_seq FROM retired_tasks WHERE id = ?');
  }

  /** Where the live log begins: the event up to which the archive has it. */
  get base(): Head {
    return readBase(this.#connection, this.#journalId);
  }

  /** Which making of the log of a copy this is, or null. */
  get restored(): string | null {
    const restored = readMeta(this.#connection, 'restored');
    return typeof restored === 'string' ? restored : null;
  }

  /** The chunk that holds the event `seq`, checked against the one before it; null when there is none. Throws `journal_damaged`, or what the archive throws. */
  chunkAt(seq: number): StoredChunk | null {
    try {
      const row = this.#chunk.get(seq);
      if (row === undefined) return this.#archived(seq);
      const link = decodeLink(row);
      if (link !== null && link.last_seq < seq) return null;
      const previous = link === null ? null : this.#headAt(link.first_seq - 1);
      if (link === null || previous === null) throw damaged(seq, 'its fields are of the wrong kind');
      // A damaged page can answer with a row that was not asked for.
      const reason = link.first_seq > seq ? 'the order of the chunks is broken' : brokenLink(link, previous);
      if (reason === null) return stored(link);
      // It may have gone into the archive between two looks.
      const moved = this.#archived(seq);
      if (moved !== null) return moved;
      throw damaged(seq, reason);
    } catch (error) {
      throw error instanceof Failure ? error : damaged(seq, reasonOf(error), error);
    }
  }

  /** The hash after the event `seq`; null when no readable chunk ends there. */
  hashAfter(seq: number): string | null {
    try {
      const head = this.#headAt(seq);
      if (head?.seq === seq) return head.hash;
      if (seq === 0) return emptyHead(this.#journalId).hash;
      if (seq < 1 || seq >= this.base.seq) return null;
      const link = this.#archive.linkAt(seq);
      return link.last_seq === seq ? link.hash : null;
    } catch {
      return null;
    }
  }

  /** The retired ones among these tasks. */
  retired(ids: readonly string[]): Map<string, RetiredTask> {
    const found = new Map<string, RetiredTask>();
    for (const id of ids) {
      const row = this.#retired.get(id);
      if (row === undefined) continue;
      const { status, content_hash, last_seq } = row;
      found.set(id, { id, status: String(status), content_hash: String(content_hash), last_seq: Number(last_seq) });
    }
    return found;
  }

  close(): void {
    this.#connection.close();
  }

  #headAt(seq: number): Head | null {
    const row = this.#head.get(seq);
    return row === undefined ? this.base : decodeHead(row);
  }

  #archived(seq: number): StoredChunk | null {
    return seq >= 1 && seq <= this.base.seq ? stored(this.#archive.linkAt(seq)) : null;
  }
}

function stored({ first_seq, last_seq, time, text }: Link): StoredChunk {
  return { first_seq, last_seq, time, text };
}

function damaged(seq: number, reason: string, cause?: unknown): Failure {
  return new Failure('journal_damaged', { first_seq: seq, last_seq: seq, reason, good_events: seq - 1 }, cause);
}
