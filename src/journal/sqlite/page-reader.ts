/**
 * Owns reading the log in verified pages: every chunk is checked against the chain before it is handed out.
 * Invariant: a page never holds a chunk whose link is broken; the damage says what is intact before it and readable behind it.
 */
import type { DatabaseSync } from 'node:sqlite';
import { reasonOf } from '../../contract/failure.ts';
import { brokenLink, readableEvents, type Link } from '../chain.ts';
import type { Head, JournalDamage } from '../journal.ts';
import { readBase } from './base.ts';
import { decodeHead, decodeLink, HEAD_COLUMNS, LINK_COLUMNS } from './link-row.ts';

/** A page ends after the chunk that makes it this long, in characters: large enough to amortise its message. */
const PAGE_CHARACTERS = 1 << 20;

const SCAN = `SELECT ${LINK_COLUMNS} FROM chunks WHERE first_seq > ? ORDER BY first_seq`;

/** A run of verified chunks. After a page with `done` or `damage` there is no other. */
export interface Page {
  readonly chunks: readonly Link[];
  readonly damage: JournalDamage | null;
  readonly done: boolean;
  /** What comes next has gone into the archive meanwhile. */
  readonly archived: boolean;
}

/** What to read: the chunks that hold events `from`..`until`. */
export interface PageRange {
  readonly journalId: string;
  readonly from: number;
  readonly until: number;
}

/** How far a page came: to its end, or to what should have been the next chunk. */
type Outcome = { readonly done: boolean; readonly archived?: boolean } | { readonly reason: string; readonly isRowBroken: boolean };

/** Reads one range, page after page. */
export class PageReader {
  readonly #connection: DatabaseSync;
  readonly #range: PageRange;
  /** The event up to which everything was read; unknown before the first page. */
  #previous: Head | null = null;

  constructor(connection: DatabaseSync, range: PageRange) {
    this.#connection = connection;
    this.#range = range;
  }

  /** The next page. Damage is reported, never thrown. */
  next(): Page {
    const chunks: Link[] = [];
    let outcome: Outcome;
    try {
      outcome = this.#fill(chunks);
    } catch (error) {
      outcome = { reason: reasonOf(error), isRowBroken: false };
    }
    const archived = ('done' in outcome ? outcome.archived : this.#isArchived()) === true;
    if (archived) return { chunks, damage: null, done: true, archived };
    if ('done' in outcome) return { chunks, damage: null, done: outcome.done, archived };
    return { chunks, damage: this.#damage(outcome.reason, outcome.isRowBroken), done: true, archived };
  }

  #fill(chunks: Link[]): Outcome {
    const { until } = this.#range;
    this.#previous ??= headBefore(this.#connection, this.#range);
    let previous = this.#previous;
    if (previous === null) return { reason: 'the chunk before them cannot be read', isRowBroken: false };
    if (previous.seq >= until) return { done: true };
    let characters = 0;
    for (const row of this.#connection.prepare(SCAN).iterate(previous.seq)) {
      const link = decodeLink(row);
      if (link === null) return { reason: 'its fields are of the wrong kind', isRowBroken: true };
      const reason = brokenLink(link, previous);
      // A gap says nothing against the row behind it.
      if (reason !== null) return { reason, isRowBroken: link.first_seq === previous.seq + 1 };
      previous = { seq: link.last_seq, hash: link.hash };
      this.#previous = previous;
      chunks.push(link);
      characters += link.text.length;
      if (link.last_seq >= until) return { done: true };
      if (characters >= PAGE_CHARACTERS) return { done: false };
    }
    return { reason: 'they are missing', isRowBroken: false };
  }

  /** True when the next chunk is in the archive: not damage, but another place. */
  #isArchived(): boolean {
    const next = (this.#previous?.seq ?? this.#range.from - 1) + 1;
    try {
      return readBase(this.#connection, this.#range.journalId).seq >= next;
    } catch {
      return false;
    }
  }

  #damage(reason: string, isRowBroken: boolean): JournalDamage {
    const good_events = this.#previous?.seq ?? this.#range.from - 1;
    const rest = salvage(this.#connection, good_events, isRowBroken ? 1 : 0);
    const end = rest.first_seq === null ? this.#range.until : rest.first_seq - 1;
    const first_seq = good_events + 1;
    const last_seq = Number.isFinite(end) ? Math.max(first_seq, end) : first_seq;
    return { first_seq, last_seq, reason, good_events, readable_after: rest.events };
  }
}

/** The event before the chunk that holds `from`, as its own row states it: what a partial read starts from. Null when it cannot be. */
function headBefore(connection: DatabaseSync, range: PageRange): Head | null {
  if (range.from <= 1) return baseBefore(connection, range);
  const before = connection
    .prepare(`SELECT ${HEAD_COLUMNS} FROM chunks WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1 OFFSET 1`)
    .get(range.from);
  if (before === undefined) return baseBefore(connection, range);
  const head = decodeHead(before);
  // A damaged page can answer with a row that was not asked for; starting behind `from` would skip events.
  return head !== null && head.seq < range.from ? head : null;
}

/** What is before the first live chunk; null when `from` is before that itself. */
function baseBefore(connection: DatabaseSync, { journalId, from }: PageRange): Head | null {
  const base = readBase(connection, journalId);
  return base.seq < from ? base : null;
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
  try {
    for (const row of connection.prepare(SCAN).iterate(seq)) {
      const link = decodeLink(row);
      if (index >= skip) count(link);
      if (link !== null) passed = link.first_seq;
      index += 1;
    }
  } catch {
    try {
      for (const row of connection.prepare(`${SCAN} DESC`).iterate(passed)) count(decodeLink(row));
    } catch {
      // The damaged page again, from the other side: all that can be reached was counted.
    }
  }
  return found;
}
