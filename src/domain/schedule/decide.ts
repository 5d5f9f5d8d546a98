/**
 * The rules of schedules: add, pause, resume, remove, run.
 */
import type { EventData } from '../../contract/event.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { InputOf } from '../../contract/operations.ts';
import { NOTHING, type Rule } from '../decision.ts';
import { isRefused, refusal } from '../refuse.ts';
import type { SwarmState } from '../state.ts';
import { canonicalJson } from '../task/content-hash.ts';
import { BODY_BYTES } from '../task/decide-add.ts';
import { jsonBytes } from '../task/json-size.ts';
import { firedBy, nextAfter } from './fire.ts';
import { type CronSchedule, SCHEDULES_AT_MOST } from './state.ts';

/** Its first time is the first after now. */
export const addScheduleRule: Rule<'schedule.add'> = {
  decide: (state, input, context) => {
    const { schedule_id } = input;
    const definition = definitionOf(input);
    const present = state.schedules.by_id.get(schedule_id);
    if (present !== undefined) {
      return canonicalJson(definitionOf(present)) === canonicalJson(definition) ? NOTHING : refusal('schedule_exists', { schedule_id });
    }
    if (state.schedules.by_id.size >= SCHEDULES_AT_MOST) return refusal('schedule_limit', { limit: SCHEDULES_AT_MOST });
    const bytes = jsonBytes(input.task.spec, BODY_BYTES);
    if (bytes > BODY_BYTES) return refusal('event_too_large', { bytes, limit: BODY_BYTES });
    const problem = context.calendar.problemOf(definition.cron, definition.time_zone);
    if (problem !== null) return refusal('schedule_invalid', { schedule_id, ...problem });
    const next = nextAfter(definition, context.now, context);
    if (next === null) return refusal('schedule_invalid', { schedule_id, field: 'cron', reason: 'it never comes round' });
    return [{ type: 'schedule_added', data: { schedule_id, ...definition, next } }];
  },
};

/** Twice is once. */
export const pauseScheduleRule: Rule<'schedule.pause'> = {
  decide: (state, { schedule_id }) => {
    const schedule = scheduleNamed(state, schedule_id);
    if (isRefused(schedule)) return schedule;
    return schedule.paused ? NOTHING : [{ type: 'schedule_paused', data: { schedule_id } }];
  },
};

/** Times that passed while it rested are not caught up. */
export const resumeScheduleRule: Rule<'schedule.resume'> = {
  decide: (state, { schedule_id }, context) => {
    const schedule = scheduleNamed(state, schedule_id);
    if (isRefused(schedule)) return schedule;
    if (!schedule.paused) return NOTHING;
    return [{ type: 'schedule_resumed', data: { schedule_id, next: nextAfter(schedule, context.now, context) } }];
  },
};

/** Its tasks stay. */
export const removeScheduleRule: Rule<'schedule.remove'> = {
  decide: (state, { schedule_id }) => {
    const schedule = scheduleNamed(state, schedule_id);
    return isRefused(schedule) ? schedule : [{ type: 'schedule_removed', data: { schedule_id } }];
  },
};

/** Now, beside its times, paused or not. */
export const runScheduleRule: Rule<'schedule.run'> = {
  decide: (state, { schedule_id }, context) => {
    const schedule = scheduleNamed(state, schedule_id);
    if (isRefused(schedule)) return schedule;
    return firedBy(state, schedule, context, { planned_at: context.now, by_hand: true, next: schedule.next });
  },
};

function definitionOf(input: InputOf<'schedule.add'> | CronSchedule): Omit<EventData<'schedule_added'>, 'schedule_id' | 'next'> {
  const { cron, task, time_zone = 'UTC', catch_up = 'last', overlap = 'skip', jitter_seconds = 0 } = input;
  return { cron, time_zone, task, catch_up, overlap, jitter_seconds };
}

function scheduleNamed(state: SwarmState, id: string): CronSchedule | Refusal {
  return state.schedules.by_id.get(id) ?? refusal('schedule_unknown', { schedule_id: id });
}
