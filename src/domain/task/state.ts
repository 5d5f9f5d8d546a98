/**
 * What the rules know of a task. Owns: the shape and the waiting order of tasks.
 *
 * States: pending → assigned → in_progress → completed | failed | cancelled.
 *   pending → in_progress            a claim starts at once
 *   assigned | in_progress → pending the lease ended, the attempt failed and another is allowed, or it was suspended
 *   pending | assigned | in_progress → cancelled | failed
 *   failed | cancelled → pending     somebody retries it
 * Invariant: a task has a lease exactly while it is assigned or in_progress.
 */
import type { AssignmentTerms } from '../../contract/events/task-events.ts';
import type { Asks } from '../resource/asks.ts';
import type { NeedClass } from '../resource/state.ts';
import type { DependencyPolicy, FailureReason, Json, ReasonRules, TaskStatus } from '../../contract/ids.ts';

/** What most tasks lack: they share the defaults. */
export interface TaskOptions {
  readonly on_dependency_failure: DependencyPolicy;
  readonly max_attempts: number;
  readonly backoff_seconds: number;
  /** What follows from a reason of failure, where it differs. */
  readonly retry: ReasonRules | null;
  readonly labels: readonly string[];
  /** The task that this one is a part of. */
  readonly parent: string | null;
  /** When it should have ended, ms since 1970; 0 for never. */
  readonly deadline: number;
  /** The task that it is a speculative copy of. */
  readonly speculates_on: string | null;
}

/** The options of a task that names none. */
export const DEFAULT_OPTIONS: TaskOptions = Object.freeze({
  on_dependency_failure: 'block',
  max_attempts: 1,
  backoff_seconds: 5,
  retry: null,
  labels: Object.freeze([]),
  parent: null,
  deadline: 0,
  speculates_on: null,
});

/** A session's exclusive right to work on a task. Times are ms since 1970. */
export interface Lease {
  /** Sequence number of the assignment: grows with every lease ever granted. */
  readonly number: number;
  readonly session_id: string;
  readonly incarnation: number;
  readonly assigned_at: number;
  readonly policy: string;
  readonly score: number;
  /** What decided it; null for a claim. */
  readonly why: AssignmentTerms | null;
  started_at: number;
  progress_at: number;
  /** 0 until its silence was noticed. */
  probed_at: number;
  /** 0 until it ran far longer than its kind does. */
  overrun_at: number;
  /** What its group was charged for it, in ms; see `chargeGroup`. */
  readonly charged: number;
}

/** How the last attempt or the task ended. */
export interface Ending {
  readonly time: number;
  readonly lease: number;
  readonly session_id: string | null;
  readonly started_at: number;
  readonly assigned_at: number;
  readonly result: Json | null;
  /** About the characters of the result's JSON text. */
  readonly bytes: number;
  /** Why it failed or was cancelled; null when it completed. */
  readonly failure: string | null;
  /** The same as a reason of the catalogue; null when it did not fail. */
  readonly reason: FailureReason | null;
  readonly message: string | null;
}

/** A task in memory. */
export interface Task {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly spec: Json;
  readonly required_capability: string | null;
  readonly estimated_hours: number | null;
  readonly group: string | null;
  /** What it asks for beside a capability; null: nothing. */
  readonly asks: Asks | null;
  /** Given when it was added, and what it was suspended for. */
  dependencies: readonly string[];
  options: TaskOptions;
  readonly content_hash: string;
  readonly created_at: number;
  /** Since when it is ready, or was last; a lost lease does not count as time off. */
  ready_at: number;
  priority: number;
  /** Its priority grows once its dependencies are met (B1). */
  bonus_open: boolean;
  status: TaskStatus;
  progress: number;
  /** Unfinished dependencies that it waits for. */
  waiting_for: number;
  /** Attempts begun. */
  attempt: number;
  /** Attempts that failed since it was added or retried. */
  failures: number;
  /** Leases that were taken away since it was added or retried. */
  lost: number;
  /** Open questions to people that it waits for. */
  questions: number;
  /** Not before this time; 0 when nothing delays it. */
  due_at: number;
  /** What it shares with others that need the same; null when it needs nothing but a session, or has ended. */
  needs: NeedClass | null;
  /** Numbers that it holds, by the name of the port range. */
  ports: Readonly<Record<string, readonly number[]>> | null;
  /** Its deadline passed before it had ended. */
  overdue: boolean;
  lease: Lease | null;
  ending: Ending | null;
  /** Its newest event. */
  last_seq: number;
  /** Neighbours in the ready queue while it is `queued`, and among the tasks that have ended. */
  queued: boolean;
  before: Task | null;
  after: Task | null;
}

/** What is left of a task that has left memory. */
export interface TaskRemains {
  readonly id: string;
  readonly status: string;
  readonly content_hash: string;
  readonly last_seq: number;
}

/** What is left of a task that leaves memory. */
export function remainsOf({ id, status, content_hash, last_seq }: TaskRemains): TaskRemains {
  return { id, status, content_hash, last_seq };
}

/** completed, failed or cancelled. */
export function isTerminal(status: string): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** True when nothing but a free session is missing. */
export function isReady(task: Task): boolean {
  return task.status === 'pending' && task.waiting_for === 0 && task.due_at === 0 && task.questions === 0;
}
