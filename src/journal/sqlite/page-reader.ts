/**
 * Owns reading the log in verified pages: every chunk is checked against the chain before it is handed out.
 * Invariant: a page never holds a chunk whose link is broken; the damage says what is intact before it and readable behind it.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { reasonOf } from '../../contract/failure.ts';
import { brokenLink, emptyHead, readableEvents, type Link } from '../chain.ts';
import type { Head, JournalDamage, StoredChunk } from '../journal.ts';
import { decodeHead, decodeLink, HEAD_COLUMNS, LINK_COLUMNS } from './link-row.ts';

/** A page ends after the chunk that makes it this long, in characters: large enough to amortise its message. */
const PAGE_CHARACTERS = 1 << 20;

/** A run of verified chunks. After a page with `done` or `damage` there is no other. */
export interface Page {
  readonly chunks: readonly StoredChunk[];
  readonly damage: JournalDamage | null;
  readonly done: boolean;
}

/** What to read: the chunks that hold events `from`..`until`. */
export interface PageRange {
  readonly journalId: string;
  readonly from: number;
  readonly until: number;
}

/** Reads one range, page after page. */
export class PageReader {
  readonly #connection: DatabaseSync;
  readonly #scan: StatementSync;
  readonly #until: number;
  #previous: Head;

  constructor(connection: DatabaseSync, range: PageRange) {
    this.#connection = connection;
    this.#scan = connection.prepare(`SELECT ${LINK_COLUMNS} FROM chunks WHERE first_seq > ? ORDER BY first_seq`);
    this.#until = range.until;
    this.#previous = headBefore(connection, range);
  }

  /** The next page. Damage is reported, never thrown. */
  next(): Page {
    const chunks: StoredChunk[] = [];
    let characters = 0;
    if (this.#previous.seq >= this.#until) return { chunks, damage: null, done: true };
    try {
      for (const row of this.#scan.iterate(this.#previous.seq)) {
        const link = decodeLink(row);
        const reason = link === null ? 'its fields are of the wrong kind' : brokenLink(link, this.#previous);
        if (link === null || reason !== null) return { chunks, damage: this.#damage(reason ?? '', link), done: true };
        this.#previous = { seq: link.last_seq, hash: link.hash };
        chunks.push({ first_seq: link.first_seq, last_seq: link.last_seq, time: link.time, text: link.text });
        characters += link.text.length;
        if (link.last_seq >= this.#until) return { chunks, damage: null, done: true };
        if (characters >= PAGE_CHARACTERS) return { chunks, damage: null, done: false };
      }
    } catch (error) {
      return { chunks, damage: this.#damage(reasonOf(error), undefined), done: true };
    }
    return { chunks, damage: this.#damage('they are missing', undefined), done: true };
  }

  /** `broken` is the row found where the next chunk should be: null when it cannot be decoded, undefined when there is none. */
  #damage(reason: string, broken: Link | null | undefined): JournalDamage {
    const first_seq = this.#previous.seq + 1;
    // A gap says nothing against the row behind it; any other broken row is itself the damage.
    const isGap = broken === undefined || (broken !== null && broken.first_seq > first_seq);
    const rest = salvage(this.#connection, this.#previous.seq, isGap ? 0 : 1);
    const end = rest.first_seq === null ? this.#until : rest.first_seq - 1;
    return {
      first_seq,
      last_seq: Math.max(first_seq, Number.isFinite(end) ? end : first_seq),
      reason,
      good_events: this.#previous.seq,
      readable_after: rest.events,
    };
  }
}

/** The event before the chunk that holds `from`, as its own row states it: what a partial read starts from. */
function headBefore(connection: DatabaseSync, range: PageRange): Head {
  const before = connection
    .prepare(`SELECT ${HEAD_COLUMNS} FROM chunks WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1 OFFSET 1`)
    .get(range.from);
  return (before === undefined ? null : decodeHead(before)) ?? emptyHead(range.journalId);
}

interface Salvage {
  events: number;
  first_seq: number | null;
}

/**
 * What still parses behind the event `seq`, leaving out the first `skip` rows. Where SQLite cannot pass a damaged page
 * forwards, the rest is counted backwards from the end.
 */
function salvage(connection: DatabaseSync, seq: number, skip: number): Salvage {
  const found: Salvage = { events: 0, first_seq: null };
  let passed = seq;
  let index = 0;
  const count = (link: Link | null): void => {
    const events = link === null ? 0 : readableEvents(link);
    if (link === null || events === 0) return;
    found.events += events;
    found.first_seq = Math.min(found.first_seq ?? link.first_seq, link.first_seq);
  };
  const scan = `SELECT ${LINK_COLUMNS} FROM chunks WHERE first_seq > ? ORDER BY first_seq`;
  try {
    for (const row of connection.prepare(scan).iterate(seq)) {
      const link = decodeLink(row);
      if (index >= skip) count(link);
      if (link !== null) passed = link.first_seq;
      index += 1;
    }
  } catch {
    try {
      for (const row of connection.prepare(`${scan} DESC`).iterate(passed)) count(decodeLink(row));
    } catch {
      // The damaged page again, from the other side: all that can be reached was counted.
    }
  }
  return found;
}
