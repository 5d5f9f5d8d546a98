/**
 * What a schedule does when its time has come: a task, or the fact that there is none. One firing at a time, to be folded
 * in before the next is decided; its task and the fact of it are one decision, so they reach the log together or not at all.
 */
import type { EventData, Fact } from '../../contract/event.ts';
import type { SkipReason } from '../../contract/events/schedule-events.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { TaskInput } from '../../contract/operations/work-operations.ts';
import type { DecideContext } from '../decision.ts';
import { isRefused } from '../refuse.ts';
import type { SwarmState } from '../state.ts';
import { addRule } from '../task/decide-add.ts';
import { startPriority } from '../task/priority.ts';
import { isTerminal } from '../task/state.ts';
import { firstDue, type NextTime, type CronSchedule } from './state.ts';

/** Later than this, a time counts as missed; or later than by a whole period, when that is shorter. */
const LATE_MS = 60_000;
/** No schedule comes round more often. */
const SHORTEST_PERIOD_MS = 1000;
/** Missed times that `all` catches up, the newest. */
const CAUGHT_UP_AT_MOST = 100;
const COUNTED_AT_MOST = 1000;
/** Unfinished tasks of a schedule from which on it adds no more, whatever it is told to do when they overlap. */
const UNFINISHED_AT_MOST = 1000;
const QUEUED_AT_MOST = 100;

/** The facts of the schedule that is due first; none when none is due. */
export function decideFiring(state: SwarmState, context: DecideContext): readonly Fact[] {
  const schedule = firstDue(state.schedules, context.now);
  if (schedule === null || schedule.next === null) return [];
  const { planned_at, due_at } = schedule.next;
  const missed =
    context.now - due_at > graceOf(schedule, { planned_at, due_at }, context) ? missedTimes(schedule, planned_at, context) : null;
  if (missed !== null) return [missed];
  const next = nextAfter(schedule, planned_at, context);
  const reason = whyNotAnother(schedule);
  if (reason !== null) return [skipped(schedule, { planned_at, count: 1, reason, next })];
  const fired = firedBy(state, schedule, context, { planned_at, by_hand: false, next });
  if (!isRefused(fired)) return fired;
  return [skipped(schedule, { planned_at, count: 1, reason: 'refused', code: fired.refused, next })];
}

/** The task, and the fact that the schedule added it; or why the task was refused. */
export function firedBy(
  state: SwarmState,
  schedule: CronSchedule,
  context: DecideContext,
  firing: Pick<EventData<'schedule_fired'>, 'planned_at' | 'by_hand' | 'next'>,
): readonly Fact[] | Refusal {
  const facts = addRule.decide(state, taskOf(state, schedule), context);
  if (isRefused(facts)) return facts;
  const added = facts.find((fact) => fact.type === 'task_added');
  if (added === undefined) return facts;
  return [...facts, { type: 'schedule_fired', data: { schedule_id: schedule.id, task_id: added.data.task_id, ...firing } }];
}

/** The next time after another, with its jitter; null when it never comes. */
export function nextAfter(
  schedule: Pick<CronSchedule, 'cron' | 'time_zone' | 'jitter_seconds'>,
  after: number,
  context: DecideContext,
): NextTime | null {
  const planned_at = context.calendar.next(schedule.cron, schedule.time_zone, after);
  if (planned_at === null) return null;
  const jitter = schedule.jitter_seconds === 0 ? 0 : Math.floor(schedule.jitter_seconds * 1000 * context.random());
  return { planned_at, due_at: planned_at + jitter };
}

/** How late a time may come and still be on time, in ms: less than its period, so that at most one does. */
function graceOf({ cron, time_zone }: CronSchedule, { planned_at, due_at }: NextTime, { calendar, now }: DecideContext): number {
  if (now - due_at < SHORTEST_PERIOD_MS) return LATE_MS;
  const period = (calendar.next(cron, time_zone, planned_at) ?? Infinity) - planned_at;
  return Math.min(LATE_MS, period - 1);
}

/** The fact that missed times are passed over; null when the one that is due is to be caught up. */
function missedTimes(schedule: CronSchedule, plannedAt: number, context: DecideContext): Fact | null {
  const { calendar, now } = context;
  const { catch_up, cron, time_zone } = schedule;
  if (catch_up === 'none') {
    const [newest = plannedAt] = calendar.last(cron, time_zone, { until: now, count: 1 });
    const onTime = newest > plannedAt && now - newest <= graceOf(schedule, { planned_at: newest, due_at: newest }, context);
    const next = onTime ? { planned_at: newest, due_at: now } : nextAfter(schedule, Math.max(plannedAt, now), context);
    return skipped(schedule, {
      planned_at: plannedAt,
      count: countUntil(schedule, plannedAt, next?.planned_at ?? now, context),
      reason: 'missed',
      next,
    });
  }
  const [first] = calendar.last(cron, time_zone, { until: now, count: catch_up === 'last' ? 1 : CAUGHT_UP_AT_MOST });
  if (first === undefined || first <= plannedAt) return null;
  const count = countUntil(schedule, plannedAt, first, context);
  return skipped(schedule, { planned_at: plannedAt, count, reason: 'missed', next: { planned_at: first, due_at: now } });
}

/** Times from `from` on and before `end`, at most 1,000. */
function countUntil({ cron, time_zone }: CronSchedule, from: number, end: number, { calendar }: DecideContext): number {
  let count = 1;
  for (let time = calendar.next(cron, time_zone, from); time !== null && time < end && count < COUNTED_AT_MOST; count += 1) {
    time = calendar.next(cron, time_zone, time);
  }
  return count;
}

function whyNotAnother({ overlap, unfinished }: CronSchedule): SkipReason | null {
  if (overlap === 'skip') return unfinished > 0 ? 'overlap' : null;
  return unfinished >= (overlap === 'queue' ? QUEUED_AT_MOST : UNFINISHED_AT_MOST) ? 'too_many_unfinished' : null;
}

/** The task to add; under `queue` it waits for the one before, however that ends. */
function taskOf(state: SwarmState, { last, overlap, task }: CronSchedule): TaskInput {
  const before = overlap === 'queue' && last !== null ? state.tasks.get(last.task_id) : undefined;
  if (before === undefined || isTerminal(before.status)) return task;
  const priority = task.priority ?? startPriority(task, false);
  return { ...task, priority, dependencies: [before.id], on_dependency_failure: 'ignore' };
}

function skipped(schedule: CronSchedule, data: Omit<EventData<'schedule_skipped'>, 'schedule_id'>): Fact {
  return { type: 'schedule_skipped', data: { schedule_id: schedule.id, ...data } };
}
