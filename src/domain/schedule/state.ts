/**
 * What the rules know of schedules.
 *
 * States: active → (fired | skipped …) → ended, when its time never comes again; active ⇄ paused; removed from any.
 * Invariants: `next_due` is the least `due_at` of the active ones; each firing is in one chunk of the log with the task
 * that it added, so it adds exactly one. Bound: 1,000 schedules.
 */
import type { ScheduledTask } from '../../contract/views/schedule-view.ts';

/** Schedules at most. */
export const SCHEDULES_AT_MOST = 1000;

/** A time by the expression, and with jitter. ms since 1970. */
export interface NextTime {
  readonly planned_at: number;
  readonly due_at: number;
}

/** A schedule. Times are ms since 1970. */
export interface CronSchedule {
  readonly id: string;
  /** Sequence number of the event that added it. */
  readonly number: number;
  readonly cron: string;
  readonly time_zone: string;
  readonly task: ScheduledTask;
  readonly catch_up: 'none' | 'last' | 'all';
  readonly overlap: 'allow' | 'skip' | 'queue';
  readonly jitter_seconds: number;
  readonly created_at: number;
  paused: boolean;
  /** null: never again. */
  next: NextTime | null;
  last: { readonly planned_at: number; readonly fired_at: number; readonly task_id: string } | null;
  fired: number;
  skipped: number;
  /** Its tasks that are not over. */
  unfinished: number;
}

/** All schedules. */
export interface Schedules {
  readonly by_id: Map<string, CronSchedule>;
  /** Task that is not over → the schedule that added it. */
  readonly tasks: Map<string, CronSchedule>;
  /** When the next one is due; Infinity for never. */
  next_due: number;
}

/** No schedules. */
export function createSchedules(): Schedules {
  return { by_id: new Map(), tasks: new Map(), next_due: Infinity };
}

/** The active schedule that is due first, if that is by `now`. */
export function firstDue(schedules: Schedules, now: number): CronSchedule | null {
  if (schedules.next_due > now) return null;
  for (const schedule of schedules.by_id.values()) if (dueOf(schedule) === schedules.next_due) return schedule;
  return null;
}

/** Brings `next_due` up to date. */
export function settleNextDue(schedules: Schedules): void {
  let next = Infinity;
  for (const schedule of schedules.by_id.values()) next = Math.min(next, dueOf(schedule));
  schedules.next_due = next;
}

/** A task ended for good. */
export function endScheduled({ tasks }: Schedules, taskId: string): void {
  if (tasks.size === 0) return;
  const schedule = tasks.get(taskId);
  if (schedule === undefined) return;
  schedule.unfinished -= 1;
  tasks.delete(taskId);
}

function dueOf({ next, paused }: CronSchedule): number {
  return paused || next === null ? Infinity : next.due_at;
}
