/**
 * What the tools on a whole log answer: whoever makes it and whoever prints it mean the same.
 */

/** A swarm's log on this machine. */
export interface LogPlace {
  /** The folder that its journal is in. */
  readonly folder: string;
  readonly swarm: string;
}

/** What a file of a log holds. */
export interface LogFileSummary {
  readonly journal: string;
  readonly swarm: string;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly chunks: number;
  readonly hash: string;
}

/** What moving events into the archive, or back, did. */
export interface ArchiveRun {
  /** Events that left the live log, or came back. */
  readonly moved: number;
  /** The last archived event; 0 for none. */
  readonly archived: number;
  /** The last event of the log. */
  readonly head: number;
  readonly journal_bytes_before: number;
  readonly journal_bytes: number;
  readonly archive_bytes: number;
  /** The space of what left is kept for further events, because a server writes to the log. */
  readonly space_kept: boolean;
}

/** Events of one log that a repair gave up. */
export interface LostEvents {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly reason: string;
  /** The tasks and sessions that these events named, when that is known. */
  readonly subjects: readonly string[];
}

/** What a repair kept and what it lost. */
export interface Repair {
  readonly folder: string;
  readonly journal: string;
  readonly last_seq: number;
  readonly kept: number;
  readonly lost: readonly LostEvents[];
  /** Events after the last one that a witness saw acknowledged, and that are gone without a trace. */
  readonly tail_lost: number;
}
