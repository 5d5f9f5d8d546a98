/**
 * Lists of events: from a place or a time on, or the newest. A page looks through a bounded part of the log, so that a filter
 * which matches little costs no more than one which matches all; where an index knows the places, only these are looked at.
 */
import { EVENTS, type LogEvent } from '../contract/event.ts';
import { Failure } from '../contract/failure.ts';
import type { InputOf, OutputOf } from '../contract/operations.ts';
import { nearestName } from '../domain/capability/nearest-name.ts';
import { blockOf, type EventPlaces, firstOf, subjectsAsked, subjectsOf } from './event-places.ts';
import { showEvent } from './event-view.ts';
import type { LogReader } from './view-context.ts';

const EVENTS_AT_ONCE = 100;
/** Events looked through for one page of a filtered list. */
const EVENTS_SCANNED = 20_000;
/** Types that an unknown one may have been meant to be. */
const NEAR = 5;

/** What is looked for. */
interface Search {
  readonly log: LogReader;
  readonly limit: number;
  /** ms since 1970; events from then on are not listed. */
  readonly until: number;
  readonly subjects: readonly string[];
  /** null: every part of the log has to be looked through. */
  readonly places: EventPlaces | null;
}

/** A page of events. Throws Failure `event_type_unknown`. */
export async function listEvents(input: InputOf<'event.list'>, log: LogReader): Promise<OutputOf<'event.list'>> {
  if (input.type !== undefined && !Object.hasOwn(EVENTS, input.type)) throw new Failure('event_type_unknown', near(input.type));
  const subjects = subjectsAsked(input);
  const search: Search = {
    log,
    limit: input.limit ?? EVENTS_AT_ONCE,
    until: input.until === undefined ? Infinity : Date.parse(input.until),
    subjects,
    places: subjects.length === 0 ? null : (log.places ?? null),
  };
  const since = await beginningOf(input, log);
  const { events, next } = since === null ? await newest(search) : await following(search, since);
  const archived = log.archived ?? 0;
  return { events: events.map(showEvent), head: log.head, next, ...(archived === 0 ? {} : { archived }) };
}

/** An unknown type, and the known ones that it may be meant to be. */
function near(type: string): { readonly type: string; readonly near: string } {
  const known = Object.keys(EVENTS);
  const words = type.toLowerCase().split(/[^a-z]+/);
  const similar = known.filter((each) => each.split('_').some((word) => words.includes(word)));
  const found = nearestName(type, known) ?? similar.slice(0, NEAR).join(', ');
  return { type, near: found === '' ? 'none' : found };
}

interface Page {
  readonly events: readonly LogEvent[];
  readonly next: number | null;
}

/** Those after an event, oldest first. */
async function following(search: Search, since: number): Promise<Page> {
  const { log, limit, until, subjects, places } = search;
  const found: LogEvent[] = [];
  let cursor = since;
  for (let looked = 0; found.length < limit && looked < EVENTS_SCANNED;) {
    if (places !== null) {
      const block = places.next(subjects, blockOf(cursor + 1));
      if (block === null) return { events: found, next: null };
      cursor = Math.max(cursor, firstOf(block) - 1);
    }
    const events = await log.after(cursor, 1000);
    if (events.length === 0) return { events: found, next: null };
    for (const event of events) {
      if (found.length === limit) break;
      if (event.time >= until) return { events: found, next: null };
      cursor = event.seq;
      looked += 1;
      if (matches(event, subjects)) found.push(event);
    }
  }
  return { events: found, next: cursor < log.head ? cursor : null };
}

/** The last ones, oldest first. */
async function newest(search: Search): Promise<Page> {
  const { log, limit, until, subjects, places } = search;
  if (places === null) {
    const isAll = subjects.length === 0 && until === Infinity;
    const { events } = await following({ ...search, limit: Infinity }, Math.max(0, log.head - (isAll ? limit : EVENTS_SCANNED)));
    return { events: events.slice(-limit), next: null };
  }
  const found: LogEvent[][] = [];
  let count = 0;
  let looked = 0;
  let block = places.previous(subjects, blockOf(log.head));
  while (block !== null && count < limit && looked < EVENTS_SCANNED) {
    const events = await eventsOf(log, block);
    const fitting = events.filter((event) => event.time < until && matches(event, subjects));
    looked += events.length;
    count += fitting.length;
    found.push(fitting);
    block = places.previous(subjects, block - 1);
  }
  return { events: found.toReversed().flat().slice(-limit), next: null };
}

async function eventsOf(log: LogReader, block: number): Promise<readonly LogEvent[]> {
  const end = firstOf(block + 1) - 1;
  const events: LogEvent[] = [];
  for (let cursor = firstOf(block) - 1; cursor < end;) {
    const some = await log.after(cursor, end - cursor);
    const last = some[some.length - 1];
    if (last === undefined) break;
    events.push(...some);
    cursor = last.seq;
  }
  return events;
}

/** After which event the list begins: the later one of its place and its time; null for the newest. */
async function beginningOf({ since, from }: InputOf<'event.list'>, log: LogReader): Promise<number | null> {
  if (from === undefined) return since ?? null;
  return Math.max(since ?? 0, (await firstFrom(log, Date.parse(from))) - 1);
}

/** The first event that is not before `time`, or the one after the last. Times never fall along the log. */
async function firstFrom(log: LogReader, time: number): Promise<number> {
  let low = 1;
  let high = log.head + 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (((await log.at(middle))?.time ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function matches(event: LogEvent, subjects: readonly string[]): boolean {
  if (subjects.length === 0) return true;
  const named = subjectsOf(event);
  return subjects.every((subject) => named.includes(subject));
}
