/**
 * What the command line can do with the log of a data folder itself, with or without a server. main.ts hands these
 * functions in.
 */
import type { ArchiveRun, LogFileSummary, LogPlace, Repair } from '../contract/log-reports.ts';
import type { Moment } from '../contract/moment.ts';
import type { OutputOf } from '../contract/operations.ts';

/** What a check of a log found. */
export interface LogCheck {
  readonly journal: string;
  readonly events: number;
  /** Of these so many are in the archive. */
  readonly archived: number;
  readonly chunks: number;
  readonly hash: string;
  /** The first damaged place, or null. */
  readonly damage: {
    readonly first_seq: number;
    readonly last_seq: number;
    readonly reason: string;
    readonly good_events: number;
    readonly readable_after: number;
  } | null;
}

/** A log that was made of a file. */
export interface ImportedLog {
  readonly journal: string;
  readonly events: number;
  /** Why not all of the file was taken, or null. */
  readonly damage: string | null;
}

/** The functions. Each throws Failure. */
export interface LogTools {
  /** Writes a log to a file, verified. `until`: the last moment that is wanted. */
  readonly exportLog: (place: LogPlace, file: string, until: Moment | undefined) => Promise<LogFileSummary>;
  /** The lines of a log. */
  readonly exportLines: (place: LogPlace, until: Moment | undefined) => AsyncIterable<string>;
  readonly importLog: (
    place: LogPlace,
    file: string,
    options: { readonly same: boolean; readonly keep_intact: boolean },
  ) => Promise<ImportedLog>;
  readonly verifyLog: (place: LogPlace) => Promise<LogCheck>;
  readonly verifyFile: (file: string) => Promise<LogFileSummary>;
  /** Looks whether a file begins as a log does. */
  readonly beginsLog: (file: string) => Promise<void>;
  /** Makes another swarm's log of the events up to a moment. */
  readonly forkLog: (
    place: LogPlace,
    to: LogPlace,
    at: Moment | undefined,
  ) => Promise<{ readonly journal: string; readonly events: number }>;
  /** True when there is a log in this folder. */
  readonly hasLog: (folder: string) => boolean;
  /** The first archived events that are not in the archive of the log in this folder, or null when none is away. */
  readonly archiveGap: (
    folder: string,
  ) => Promise<{ readonly first_seq: number; readonly last_seq: number; readonly folder: string; readonly archived: number } | null>;
  /** What is archived of the log, and whether it is there; `verify`: whether every hash of it holds. */
  readonly listArchive: (place: LogPlace, verify: boolean) => Promise<OutputOf<'event.archive'>>;
  /** Moves the events up to a moment into the archive. */
  readonly archiveLog: (place: LogPlace, until: Moment) => Promise<ArchiveRun>;
  /** Brings all archived events back. */
  readonly unarchiveLog: (place: LogPlace) => Promise<ArchiveRun>;
  /** The last event by a moment. */
  readonly eventsUntil: (place: LogPlace, until: Moment) => Promise<number>;
  readonly repairLog: (place: LogPlace, to: string) => Promise<Repair>;
}
