/**
 * How much was done lately: one slot per minute of the last hour, integrated over time.
 * Invariant: everything here follows from the events' times; no clock is read.
 */

const MINUTE = 60_000;
const SLOTS = 60;
const DAY = 86_400_000;

/** One minute. */
interface Minute {
  /** Minutes since 1970; an older number marks a slot to be cleared. */
  minute: number;
  busy_ms: number;
  active_ms: number;
  completed: number;
}

/** Work per minute of the last hour, and the totals. */
export interface Activity {
  readonly minutes: Minute[];
  /** Integrated up to here. */
  time: number;
  day: number;
  completed_today: number;
  completed_ever: number;
  /** Sum of the durations of all completed tasks. */
  duration_ms: number;
}

/** Nothing done yet. */
export function createActivity(): Activity {
  const minutes = Array.from({ length: SLOTS }, () => ({ minute: -1, busy_ms: 0, active_ms: 0, completed: 0 }));
  return { minutes, time: 0, day: 0, completed_today: 0, completed_ever: 0, duration_ms: 0 };
}

/** Adds the session time since the last call: `busy` and `idle` sessions were there all the while. */
export function integrate(activity: Activity, time: number, counts: { readonly busy: number; readonly idle: number }): void {
  const active = counts.busy + counts.idle;
  let from = active === 0 ? time : Math.max(activity.time, time - SLOTS * MINUTE);
  while (from < time) {
    const until = Math.min(time, (Math.floor(from / MINUTE) + 1) * MINUTE);
    const slot = slotAt(activity, from);
    slot.busy_ms += counts.busy * (until - from);
    slot.active_ms += active * (until - from);
    from = until;
  }
  activity.time = time;
}

/** Counts a completed task. */
export function countCompleted(activity: Activity, time: number, durationMs: number): void {
  slotAt(activity, time).completed += 1;
  const day = Math.floor(time / DAY);
  if (day !== activity.day) {
    activity.day = day;
    activity.completed_today = 0;
  }
  activity.completed_today += 1;
  activity.completed_ever += 1;
  activity.duration_ms += durationMs;
}

/** Sums over the hour before `time`, with the running minute's sessions counted up to `time`. */
export function lastHour(
  activity: Activity,
  time: number,
  counts: { readonly busy: number; readonly idle: number },
): Omit<Minute, 'minute'> {
  const total = { busy_ms: 0, active_ms: 0, completed: 0 };
  const oldest = Math.floor(time / MINUTE) - SLOTS + 1;
  for (const slot of activity.minutes) {
    if (slot.minute < oldest) continue;
    total.busy_ms += slot.busy_ms;
    total.active_ms += slot.active_ms;
    total.completed += slot.completed;
  }
  const open = activity.time === 0 ? 0 : Math.min(Math.max(0, time - activity.time), SLOTS * MINUTE);
  total.busy_ms += counts.busy * open;
  total.active_ms += (counts.busy + counts.idle) * open;
  return total;
}

/** Completed since midnight UTC of `time`. */
export function completedToday(activity: Activity, time: number): number {
  return Math.floor(time / DAY) === activity.day ? activity.completed_today : 0;
}

function slotAt(activity: Activity, time: number): Minute {
  const minute = Math.floor(time / MINUTE);
  const slot = activity.minutes[minute % SLOTS] as Minute;
  if (slot.minute !== minute) {
    slot.minute = minute;
    slot.busy_ms = 0;
    slot.active_ms = 0;
    slot.completed = 0;
  }
  return slot;
}
