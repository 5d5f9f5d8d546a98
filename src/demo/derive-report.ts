/**
 * Derives the demo's closing report from the event log and from git. Invariant: nothing in it was counted along the way;
 * whoever has the log and the clone can derive it again.
 */
import type { LogEvent } from '../contract/event.ts';
import type { FenceProof, KilledWorker } from './demo-fact.ts';
import type { GitFacts } from './git-facts.ts';
import { resultIn } from './task-finding.ts';

/** What became of the killed worker's task. Times in ms since 1970, from the log. */
export interface KillReport extends KilledWorker {
  /** When the server last heard of the worker. */
  readonly last_contact: number;
  /** When the server ended its lease. */
  readonly detected_at: number;
  /** Between the two. */
  readonly detection_ms: number;
  /** The lease that followed, and who held it. */
  readonly next_lease: number | null;
  readonly next_session: string | null;
  readonly completed_by: string | null;
  /** Code of the server's refusal of a completion under the dead lease; null: none was tried, or it was accepted. */
  readonly refused: string | null;
  /** Commits on the branch that were made under the dead lease. */
  readonly commits_under_dead_lease: number;
}

/** The closing report. */
export interface DemoReport {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly sessions: number;
  /** What drove them; `script` alone means that no model was asked. */
  readonly runners: readonly string[];
  readonly tasks: {
    readonly added: number;
    readonly completed: number;
    readonly failed: number;
    readonly cancelled: number;
    /** Completions beyond the first of a task. */
    readonly duplicates: number;
    /** Completed without a change, by id. */
    readonly unchanged: readonly string[];
    readonly failed_ids: readonly string[];
  };
  /** Leases that were given. */
  readonly attempts: number;
  readonly leases_lost: number;
  /** From the first event to the end of the last task. */
  readonly wall_ms: number;
  readonly kill: KillReport | null;
  readonly git: Omit<GitFacts, 'commits'> & { readonly commits: number; readonly tasks_merged: number };
}

/** What it is derived from. */
export interface ReportSources {
  /** Every event of this run, in order. */
  readonly events: readonly LogEvent[];
  readonly git: GitFacts;
  readonly killed: KilledWorker | null;
  readonly proof: FenceProof | null;
}

type EventsOf<T extends LogEvent['type']> = Extract<LogEvent, { type: T }>[];

/** Derives it. */
export function deriveReport({ events, git, killed, proof }: ReportSources): DemoReport {
  const completed = of(events, 'task_completed');
  const failed = of(events, 'task_failed').filter(({ data }) => data.retry_at === null);
  const done = new Set(completed.map(({ data }) => data.task_id));
  const ends = [...completed, ...failed, ...of(events, 'task_cancelled')].map(({ time }) => time);
  const registered = of(events, 'session_registered');
  const { commits, ...branch } = git;
  return {
    first_seq: events[0]?.seq ?? 0,
    last_seq: events.at(-1)?.seq ?? 0,
    sessions: new Set(registered.map(({ data }) => data.session_id)).size,
    runners: [...new Set(registered.map(({ data }) => data.runner ?? 'unknown'))].toSorted(),
    tasks: {
      added: of(events, 'task_added').length,
      completed: done.size,
      failed: failed.length,
      cancelled: of(events, 'task_cancelled').length,
      duplicates: completed.length - done.size,
      unchanged: completed.filter(({ data }) => resultIn(data.result)?.changed_files_total === 0).map(({ data }) => data.task_id),
      failed_ids: failed.map(({ data }) => data.task_id),
    },
    attempts: of(events, 'task_assigned').length,
    leases_lost: of(events, 'task_released').filter(({ data }) => data.reason !== 'deregistered').length,
    wall_ms: Math.max(0, ...ends) - (events[0]?.time ?? 0),
    kill: killed === null ? null : killReport(events, killed, proof, git),
    git: { ...branch, commits: commits.length, tasks_merged: new Set(commits.map(({ task_id }) => task_id)).size },
  };
}

function killReport(events: readonly LogEvent[], killed: KilledWorker, proof: FenceProof | null, git: GitFacts): KillReport | null {
  const { session_id, pid, task_id, lease } = killed;
  const released = of(events, 'task_released').find(({ data }) => data.task_id === task_id && data.lease === lease);
  if (released === undefined) return null;
  const next = of(events, 'task_assigned').find(({ seq, data }) => data.task_id === task_id && seq > released.seq);
  const completed = of(events, 'task_completed').find(({ data }) => data.task_id === task_id);
  const last_contact = released.data.last_contact ?? released.time;
  return {
    session_id,
    pid,
    task_id,
    lease,
    last_contact,
    detected_at: released.time,
    detection_ms: released.time - last_contact,
    next_lease: next?.seq ?? null,
    next_session: next?.data.session_id ?? null,
    completed_by: completed?.data.session_id ?? null,
    refused: proof?.code ?? null,
    commits_under_dead_lease: git.commits.filter((commit) => commit.lease === lease).length,
  };
}

function of<T extends LogEvent['type']>(events: readonly LogEvent[], type: T): EventsOf<T> {
  return events.filter((event): event is Extract<LogEvent, { type: T }> => event.type === type);
}
