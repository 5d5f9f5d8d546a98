/**
 * Owns how chunks become durable: all that are waiting go into one transaction, so one sync covers them all.
 * Invariant: chunks are stored in the order they came, and after one failure nothing is written any more.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { linkChunk } from '../chain.ts';
import type { Chunk, Head } from '../journal.ts';

/** A transaction takes no further chunk once it holds this many characters: bounds its memory and the wait for it. */
const TRANSACTION_CHARACTERS = 4 << 20;

/** Writes chunks in transactions. */
export class ChunkWriter {
  readonly #connection: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #insertChunk: StatementSync;
  readonly #upsertRetired: StatementSync;
  readonly #commit: StatementSync;
  #head: Head;

  constructor(connection: DatabaseSync, head: Head) {
    this.#connection = connection;
    this.#begin = connection.prepare('BEGIN IMMEDIATE');
    this.#insertChunk = connection.prepare('INSERT INTO chunks (first_seq, last_seq, time, hash, retired, text) VALUES (?, ?, ?, ?, ?, ?)');
    this.#upsertRetired = connection.prepare('REPLACE INTO retired_tasks (id, status, content_hash, last_seq) VALUES (?, ?, ?, ?)');
    this.#commit = connection.prepare('COMMIT');
    this.#head = head;
  }

  /** Makes a run of chunks durable: `first`, then what `next` yields until it has none. Returns the new head; throws when it failed. */
  commit(first: Chunk, next: () => Chunk | null): Head {
    let head = this.#head;
    let characters = 0;
    try {
      this.#begin.run();
      for (let chunk: Chunk | null = first; chunk !== null; chunk = characters < TRANSACTION_CHARACTERS ? next() : null) {
        head = this.#insert(chunk, head);
        characters += chunk.text.length;
      }
      this.#commit.run();
    } catch (error) {
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      throw error;
    }
    this.#head = head;
    return head;
  }

  #insert(chunk: Chunk, head: Head): Head {
    const link = linkChunk(head.hash, chunk);
    const hash = Buffer.from(link.hash, 'hex');
    this.#insertChunk.run(link.first_seq, link.last_seq, link.time, hash, link.retired === '' ? null : link.retired, link.text);
    for (const task of chunk.retired) this.#upsertRetired.run(task.id, task.status, task.content_hash, task.last_seq);
    return { seq: link.last_seq, hash: link.hash };
  }
}
