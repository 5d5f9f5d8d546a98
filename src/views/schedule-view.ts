/**
 * Schedules as they are shown.
 */
import type { LogEvent } from '../contract/event.ts';
import { Failure } from '../contract/failure.ts';
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { ScheduleView } from '../contract/views/schedule-view.ts';
import type { CronCalendar } from '../domain/schedule/calendar.ts';
import type { CronSchedule } from '../domain/schedule/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { pageOf } from './page.ts';
import { isoTime, isoTimeOrNull } from './time.ts';

const TIMES_SHOWN = 5;

/** A page of schedules. */
export function listSchedules(state: SwarmState, input: InputOf<'schedule.list'>, calendar: CronCalendar): OutputOf<'schedule.list'> {
  const page = pageOf(input, { after: (number) => schedulesAfter(state, number), matches: () => true });
  return { schedules: page.items.map((each) => showSchedule(each, calendar)), next_cursor: page.next };
}

/** One schedule. Throws Failure `schedule_unknown`. */
export function showOneSchedule(state: SwarmState, schedule_id: string, calendar: CronCalendar): { readonly schedule: ScheduleView } {
  const schedule = state.schedules.by_id.get(schedule_id);
  if (schedule === undefined) throw new Failure('schedule_unknown', { schedule_id });
  return { schedule: showSchedule(schedule, calendar) };
}

/** The task that a firing by hand added. */
export function answerRun(schedule_id: string, events: readonly LogEvent[]): OutputOf<'schedule.run'> {
  const fired = events.find((event) => event.type === 'schedule_fired');
  return { schedule_id, task_id: fired?.data.task_id ?? '' };
}

function showSchedule(schedule: CronSchedule, calendar: CronCalendar): ScheduleView {
  const { next, paused, last } = schedule;
  return {
    schedule_id: schedule.id,
    cron: schedule.cron,
    time_zone: schedule.time_zone,
    task: schedule.task,
    catch_up: schedule.catch_up,
    overlap: schedule.overlap,
    jitter_seconds: schedule.jitter_seconds,
    status: paused ? 'paused' : next === null ? 'ended' : 'active',
    next_at: paused ? null : isoTimeOrNull(next?.due_at ?? 0),
    next_times: paused || next === null ? [] : timesFrom(schedule, next.planned_at, calendar),
    last: last === null ? null : { planned_at: isoTime(last.planned_at), fired_at: isoTime(last.fired_at), task_id: last.task_id },
    fired: schedule.fired,
    skipped: schedule.skipped,
    unfinished: schedule.unfinished,
    created_at: isoTime(schedule.created_at),
  };
}

function* schedulesAfter({ schedules }: SwarmState, number: number): Generator<readonly [number, CronSchedule]> {
  for (const schedule of schedules.by_id.values()) if (schedule.number > number) yield [schedule.number, schedule];
}

function timesFrom({ cron, time_zone }: CronSchedule, first: number, calendar: CronCalendar): string[] {
  const times: string[] = [];
  for (let time: number | null = first; time !== null && times.length < TIMES_SHOWN; time = calendar.next(cron, time_zone, time)) {
    times.push(isoTime(time));
  }
  return times;
}
