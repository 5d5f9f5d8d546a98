/**
 * What the events of schedules do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import { invariant } from '../invariant.ts';
import type { SwarmState } from '../state.ts';
import { isTerminal } from '../task/state.ts';
import { type CronSchedule, settleNextDue } from './state.ts';

/** It is there. */
export function onScheduleAdded({ schedules }: SwarmState, event: EventOf<'schedule_added'>): void {
  const { schedule_id, ...rest } = event.data;
  const made = {
    id: schedule_id,
    number: event.seq,
    ...rest,
    created_at: event.time,
    paused: false,
    last: null,
    fired: 0,
    skipped: 0,
    unfinished: 0,
  };
  schedules.by_id.set(schedule_id, made);
  settleNextDue(schedules);
}

/** It added a task. */
export function onScheduleFired(state: SwarmState, event: EventOf<'schedule_fired'>): void {
  const { task_id, planned_at, by_hand, next } = event.data;
  const schedule = scheduleOf(state, event);
  schedule.last = { planned_at, fired_at: event.time, task_id };
  schedule.fired += 1;
  if (!by_hand) schedule.next = next;
  if (!isTerminal(state.tasks.get(task_id)?.status ?? 'completed')) {
    schedule.unfinished += 1;
    state.schedules.tasks.set(task_id, schedule);
  }
  settleNextDue(state.schedules);
}

/** Times passed without a task. */
export function onScheduleSkipped(state: SwarmState, event: EventOf<'schedule_skipped'>): void {
  const schedule = scheduleOf(state, event);
  schedule.skipped += event.data.count;
  schedule.next = event.data.next;
  settleNextDue(state.schedules);
}

/** It rests. */
export function onSchedulePaused(state: SwarmState, event: EventOf<'schedule_paused'>): void {
  scheduleOf(state, event).paused = true;
  settleNextDue(state.schedules);
}

/** It goes on. */
export function onScheduleResumed(state: SwarmState, event: EventOf<'schedule_resumed'>): void {
  const schedule = scheduleOf(state, event);
  schedule.paused = false;
  schedule.next = event.data.next;
  settleNextDue(state.schedules);
}

/** It is gone. */
export function onScheduleRemoved(state: SwarmState, event: EventOf<'schedule_removed'>): void {
  const schedule = scheduleOf(state, event);
  state.schedules.by_id.delete(schedule.id);
  for (const [task, owner] of state.schedules.tasks) if (owner === schedule) state.schedules.tasks.delete(task);
  settleNextDue(state.schedules);
}

function scheduleOf(state: SwarmState, event: { readonly seq: number; readonly data: { readonly schedule_id: string } }): CronSchedule {
  const schedule = state.schedules.by_id.get(event.data.schedule_id);
  invariant(schedule !== undefined, () => `event ${event.seq} names the schedule ${event.data.schedule_id}, which is not there`);
  return schedule;
}
