/**
 * What the command line can do with the log of a data folder itself, with or without a server. main.ts hands these
 * functions in.
 */
import type { Moment } from '../contract/moment.ts';

/** A swarm's log on this machine. */
export interface LogPlace {
  /** The folder that its journal is in. */
  readonly folder: string;
  readonly swarm: string;
}

/** What a file of a log holds. */
export interface ExportedLog {
  readonly journal: string;
  readonly swarm: string;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly chunks: number;
  readonly hash: string;
}

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

/** What a repair kept and what it lost. */
export interface RepairedLog {
  readonly folder: string;
  readonly journal: string;
  readonly last_seq: number;
  readonly kept: number;
  readonly lost: readonly {
    readonly first_seq: number;
    readonly last_seq: number;
    readonly reason: string;
    readonly subjects: readonly string[];
  }[];
  readonly tail_lost: number;
}

/** What moving events into the archive, or back, did. */
export interface ArchivedLog {
  readonly moved: number;
  readonly archived: number;
  readonly head: number;
  readonly journal_bytes_before: number;
  readonly journal_bytes: number;
  readonly archive_bytes: number;
  readonly space_kept: boolean;
}

/** The functions. Each throws Failure. */
export interface LogTools {
  /** Writes a log to a file, verified. `until`: the last moment that is wanted. */
  readonly exportLog: (place: LogPlace, file: string, until: Moment | undefined) => Promise<ExportedLog>;
  /** The lines of a log. */
  readonly exportLines: (place: LogPlace, until: Moment | undefined) => AsyncIterable<string>;
  readonly importLog: (
    place: LogPlace,
    file: string,
    options: { readonly same: boolean; readonly keep_intact: boolean },
  ) => Promise<ImportedLog>;
  readonly verifyLog: (place: LogPlace) => Promise<LogCheck>;
  readonly verifyFile: (file: string) => Promise<ExportedLog>;
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
  /** Moves the events up to a moment into the archive. */
  readonly archiveLog: (place: LogPlace, until: Moment) => Promise<ArchivedLog>;
  /** Brings all archived events back. */
  readonly unarchiveLog: (place: LogPlace) => Promise<ArchivedLog>;
  /** The last event by a moment. */
  readonly eventsUntil: (place: LogPlace, until: Moment) => Promise<number>;
  readonly repairLog: (place: LogPlace, to: string) => Promise<RepairedLog>;
}
