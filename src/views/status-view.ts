/**
 * The whole swarm at a glance (A9).
 */
import type { StatusView } from '../contract/views/status-view.ts';
import { completedToday, lastHour } from '../domain/activity/state.ts';
import { isMember } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { showPauses } from './pause-view.ts';
import { showSession } from './session-view.ts';
import { isoTime, minutesOf } from './time.ts';

const SESSIONS_LISTED = 1000;

/** The status at `now`; `archiveMissing`: the first archived events whose files are away. */
export function showStatus(
  state: SwarmState,
  contacts: ReadonlyMap<string, number>,
  now: number,
  archiveMissing: StatusView['archive_missing'] | null = null,
): StatusView {
  const { idle, busy, offline } = state.session_counts;
  const counts = state.task_counts;
  const hour = lastHour(state.activity, now, state.session_counts);
  const list: StatusView['sessions']['list'] = [];
  for (const session of state.sessions.values()) {
    if (list.length === SESSIONS_LISTED) break;
    if (isMember(session)) list.push(showSession(state, session, { heardAt: contacts.get(session.id), now }));
  }
  const { completed_ever, duration_ms } = state.activity;
  return {
    swarm: state.name,
    seq: state.seq,
    time: isoTime(now),
    sessions: { total: idle + busy + offline, active: idle + busy, idle, busy, offline, list },
    tasks: {
      total: state.added,
      pending: counts.pending,
      ready: state.ready.size,
      blocked: counts.pending - state.ready.size,
      assigned: counts.assigned,
      in_progress: counts.in_progress,
      completed: counts.completed,
      completed_today: completedToday(state.activity, now),
      failed: counts.failed,
      cancelled: counts.cancelled,
      overdue: state.overdue,
    },
    paused: showPauses(state),
    ...(archiveMissing === null || archiveMissing === undefined ? {} : { archive_missing: archiveMissing }),
    performance: {
      utilization: hour.active_ms === 0 ? 0 : Math.min(1, hour.busy_ms / hour.active_ms),
      throughput: hour.completed,
      avg_task_time: completed_ever === 0 ? null : minutesOf(duration_ms / completed_ever),
    },
  };
}
