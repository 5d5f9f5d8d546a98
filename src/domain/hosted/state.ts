/**
 * What became of the processes of sessions that hosts keep, as the hosts say.
 *
 * States: running → ended → (restarting → running | quarantined); running → stopped.
 * Bound: 1,000 sessions; the one that was heard of least lately makes room.
 */

/** Sessions that are remembered. */
export const HOSTED_KEPT = 1000;

/** What became of one session's process. Times are ms since 1970. */
export interface ReportedSession {
  readonly session_id: string;
  readonly host: string;
  readonly status: 'running' | 'ended' | 'restarting' | 'quarantined' | 'stopped';
  readonly pid: number | null;
  readonly since: number;
  readonly exit_code: number | null;
  readonly signal: number | null;
  readonly failures: number;
  readonly starts: number;
  readonly next_start: number | null;
  /** The event that holds its last screen; 0 for none. */
  readonly screen_seq: number;
}

/** Sessions by id, those heard of least lately first. */
export type HostedSessions = Map<string, ReportedSession>;
