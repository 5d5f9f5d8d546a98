/**
 * Lists of events: from a place or a time on, or the newest. A page looks through a bounded part of the log, so that a filter
 * which matches little costs no more than one which matches all.
 */
import type { LogEvent } from '../contract/event.ts';
import type { InputOf, OutputOf } from '../contract/operations.ts';
import { showEvent } from './event-view.ts';
import type { LogReader } from './view-context.ts';

const EVENTS_AT_ONCE = 100;
/** Events looked through for one page of a filtered list. */
const EVENTS_SCANNED = 20_000;

/** A page of events. */
export async function listEvents(input: InputOf<'event.list'>, log: LogReader): Promise<OutputOf<'event.list'>> {
  const limit = input.limit ?? EVENTS_AT_ONCE;
  const filtered = input.type !== undefined || input.task_id !== undefined || input.session_id !== undefined || input.until !== undefined;
  const newest = Math.max(0, log.head - (filtered ? EVENTS_SCANNED : limit));
  const since = await beginningOf(input, log);
  const until = input.until === undefined ? Infinity : Date.parse(input.until);
  const found: LogEvent[] = [];
  let cursor = since ?? newest;
  const end = cursor + EVENTS_SCANNED;
  while (found.length < limit || since === null) {
    const events = cursor >= end ? [] : await log.after(cursor, 1000);
    const last = events[events.length - 1];
    if (last === undefined) break;
    for (const event of events) {
      if (since !== null && found.length === limit) break;
      if (event.time >= until) return { events: shownOf(found, since, limit), head: log.head, next: null };
      cursor = event.seq;
      if (matches(event, input)) found.push(event);
    }
  }
  return { events: shownOf(found, since, limit), head: log.head, next: cursor < log.head ? cursor : null };
}

function shownOf(found: readonly LogEvent[], since: number | null, limit: number): OutputOf<'event.list'>['events'] {
  return (since === null ? found.slice(-limit) : found).map(showEvent);
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

function matches(event: LogEvent, input: InputOf<'event.list'>): boolean {
  if (input.type !== undefined && event.type !== input.type) return false;
  if (input.task_id !== undefined && !('task_id' in event.data && event.data.task_id === input.task_id)) return false;
  return input.session_id === undefined || ('session_id' in event.data && event.data.session_id === input.session_id);
}
