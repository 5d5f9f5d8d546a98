/**
 * Where in a log each task, each session and each type of event is named: a file beside the journal, made from the log alone.
 * It is brought up to date when somebody asks and with every checkpoint; who removes it only makes the next question slow.
 * Invariant: up to its own place in the log, a block that is not noted under a subject does not name it.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { decodeChunk } from '../engine/event-codec.ts';
import type { Head, JournalReader } from '../journal/journal.ts';
import { makePrivateFile } from '../journal/private-file.ts';
import { blockOf, type EventPlaces, subjectsOf } from '../views/event-places.ts';

/** What is noted at once: bounds the memory, and what a crash undoes. */
const EVENTS_AT_ONCE = 50_000;
const CACHE_KB = 16_384;
/** What it says of itself changes with what it notes. */
const KIND = 1;

/** The index of one log. */
export class EventIndex implements EventPlaces {
  readonly #file: string;
  #connection: DatabaseSync | null = null;
  #next: StatementSync | null = null;
  #previous: StatementSync | null = null;

  /** The one of the log in this folder. */
  constructor(folder: string) {
    this.#file = join(folder, 'event-index.db');
  }

  /** Brings it up to the head of the log; made anew where it is of another log, or broken. */
  async follow(log: JournalReader, turn: () => Promise<void> | void): Promise<void> {
    try {
      while (!(await this.#follow(log, turn)));
    } catch {
      this.close();
      for (const end of ['', '-wal', '-shm']) rmSync(`${this.#file}${end}`, { force: true });
      while (!(await this.#follow(log, turn)));
    }
  }

  next(subjects: readonly string[], block: number): number | null {
    return this.#meet(this.#next, subjects, block);
  }

  previous(subjects: readonly string[], block: number): number | null {
    return this.#meet(this.#previous, subjects, block);
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  /** False when another thread came before it: then there is less to do. */
  async #follow(log: JournalReader, turn: () => Promise<void> | void): Promise<boolean> {
    const connection = (this.#connection ??= this.#open());
    let from = await this.#placeIn(connection, log);
    const { head } = log;
    let noted: [string, number][] = [];
    let last = from;
    for await (const chunk of log.read(from + 1)) {
      const seen = new Set<string>();
      for (const event of decodeChunk(chunk)) {
        const block = blockOf(event.seq);
        for (const subject of subjectsOf(event)) {
          const key = `${subject} ${block}`;
          if (seen.has(key)) continue;
          seen.add(key);
          noted.push([subject, block]);
        }
      }
      last = chunk.last_seq;
      await turn();
      if (last < head.seq && last - from < EVENTS_AT_ONCE) continue;
      if (!note(connection, noted, { from, journal: log.id, to: { seq: last, hash: (await log.hashAfter(last)) ?? '' } })) return false;
      from = last;
      noted = [];
      if (last >= head.seq) break;
    }
    return true;
  }

  #open(): DatabaseSync {
    makePrivateFile(this.#file);
    const connection = new DatabaseSync(this.#file, { timeout: 5000 });
    connection.exec(`PRAGMA journal_mode = wal; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -${CACHE_KB}`);
    connection.exec(
      `CREATE TABLE IF NOT EXISTS place (only_one INTEGER PRIMARY KEY, kind INTEGER, journal TEXT, seq INTEGER, hash TEXT) STRICT;
       CREATE TABLE IF NOT EXISTS named (subject TEXT, block INTEGER, PRIMARY KEY (subject, block)) STRICT, WITHOUT ROWID`,
    );
    this.#next = connection.prepare('SELECT block FROM named WHERE subject = ? AND block >= ? ORDER BY block LIMIT 1');
    this.#previous = connection.prepare('SELECT block FROM named WHERE subject = ? AND block <= ? ORDER BY block DESC LIMIT 1');
    return connection;
  }

  /** Up to where it has noted this log; everything else that it holds is forgotten. */
  async #placeIn(connection: DatabaseSync, log: JournalReader): Promise<number> {
    const place = connection.prepare('SELECT kind, journal, seq, hash FROM place').get();
    const seq = Number(place?.['seq'] ?? 0);
    const isSame = place?.['kind'] === KIND && place['journal'] === log.id && seq <= log.head.seq;
    if (isSame && (await log.hashAfter(seq)) === place['hash']) return seq;
    connection.exec('DELETE FROM named; DELETE FROM place');
    return 0;
  }

  /** Goes from one to the next until all of them are named in the same block. */
  #meet(step: StatementSync | null, subjects: readonly string[], from: number): number | null {
    let block = from;
    for (let agreed = 0, turn = 0; agreed < subjects.length; turn += 1) {
      const found = step?.get(subjects[turn % subjects.length] ?? '', block)?.['block'];
      if (typeof found !== 'number') return null;
      agreed = found === block ? agreed + 1 : 1;
      block = found;
    }
    return block;
  }
}

interface Noted {
  readonly from: number;
  readonly journal: string;
  readonly to: Head;
}

/** False when another thread has noted meanwhile. */
function note(connection: DatabaseSync, named: readonly (readonly [string, number])[], { from, journal, to }: Noted): boolean {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const isStill = Number(connection.prepare('SELECT seq FROM place').get()?.['seq'] ?? 0) === from;
    if (isStill) {
      const insert = connection.prepare('INSERT OR IGNORE INTO named (subject, block) VALUES (?, ?)');
      for (const [subject, block] of named.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) insert.run(subject, block);
      connection
        .prepare('REPLACE INTO place (only_one, kind, journal, seq, hash) VALUES (1, ?, ?, ?, ?)')
        .run(KIND, journal, to.seq, to.hash);
    }
    connection.exec('COMMIT');
    return isStill;
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}
