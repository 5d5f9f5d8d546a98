/**
 * What a view may look at beside the state: the time, and the log.
 */
import type { LogEvent } from '../contract/event.ts';
import type { ReadChanges } from '../contract/views/changes-view.ts';
import type { MetricsSample } from '../domain/activity/samples.ts';
import type { RetiredRecord } from '../domain/decision.ts';
import type { CronCalendar } from '../domain/schedule/calendar.ts';
import type { DispatchInsight } from '../domain/dispatch/candidates.ts';
import type { EventPlaces } from './event-places.ts';

/** Reads durable events. */
export interface LogReader {
  /** The last durable event. */
  readonly head: number;
  /** Events up to this one are in the archive; left out or 0: none. */
  readonly archived?: number;
  /** The first archived events whose files are away, and where they belong; null: all are there. Left out: there is no archive. */
  readonly archiveMissing?: () => { readonly first_seq: number; readonly last_seq: number; readonly folder: string } | null;
  /** Events after `since`, oldest first, at most about `limit`; empty at the head. */
  after(since: number, limit: number): Promise<readonly LogEvent[]>;
  /** One event, or null. */
  at(seq: number): Promise<LogEvent | null>;
  /** Where events are named; left out: nobody keeps that, so lists look through the log. */
  readonly places?: EventPlaces;
  /** The tasks among these that have left memory. */
  retired(ids: readonly string[]): Promise<ReadonlyMap<string, RetiredRecord>>;
}

/** What a view may look at beside the state. */
export interface ViewContext {
  /** ms since 1970. */
  readonly now: number;
  readonly log: LogReader;
  readonly calendar: CronCalendar;
  /** When each session was last heard of, ms since 1970. */
  readonly contacts: ReadonlyMap<string, number>;
  /** The metrics of the last hours, the oldest first; left out: this is the past. */
  readonly samples?: readonly MetricsSample[];
  /** How work is given out now. */
  readonly dispatch: DispatchInsight;
  /** Reads what commits changed; left out: there is no repository, or this is the past. */
  readonly changes?: ReadChanges | undefined;
}
