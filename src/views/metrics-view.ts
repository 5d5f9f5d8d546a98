/**
 * The global metrics of a swarm (A18), from the same counts as its status.
 */
import type { MetricsSampleView, MetricsView } from '../contract/views/metrics-view.ts';
import { type MetricsSample, utilizationOf } from '../domain/activity/samples.ts';
import { lastHour } from '../domain/activity/state.ts';
import { isMember } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { isoTime, minutesOf } from './time.ts';

const RESOURCES_NAMED = 1000;

/** The metrics at `now`, with the newest samples. */
export function showMetrics(state: SwarmState, now: number, samples: readonly MetricsSample[]): MetricsView {
  const { idle, busy, offline } = state.session_counts;
  const { pending, assigned, in_progress, completed, failed, cancelled } = state.task_counts;
  const hour = lastHour(state.activity, now, state.session_counts);
  const { completed_ever, duration_ms } = state.activity;
  let slots = 0;
  for (const session of state.sessions.values()) if (isMember(session) && !session.offline) slots += session.slots;
  return {
    swarm: state.name,
    seq: state.seq,
    time: isoTime(now),
    total_sessions: idle + busy + offline,
    active_sessions: idle + busy,
    idle_sessions: idle,
    busy_sessions: busy,
    offline_sessions: offline,
    tasks_total: state.added,
    tasks_pending: pending,
    tasks_ready: state.ready.size,
    tasks_assigned: assigned,
    tasks_in_progress: in_progress,
    tasks_completed: completed,
    tasks_failed: failed,
    tasks_cancelled: cancelled,
    avg_session_utilization: utilizationOf(hour),
    throughput: hour.completed,
    avg_task_time: completed_ever === 0 ? null : minutesOf(duration_ms / completed_ever),
    slots,
    slots_in_use: assigned + in_progress,
    resources: [...state.resources.by_name.values()].slice(0, RESOURCES_NAMED).map(({ name, capacity, in_use, classes }) => ({
      resource: name,
      capacity,
      in_use,
      waiting: [...classes].reduce((sum, { waiting }) => sum + waiting, 0),
    })),
    history: samples.map(showSample),
  };
}

function showSample({ time, seq, sessions, tasks, ready, utilization, throughput }: MetricsSample): MetricsSampleView {
  const { pending, in_progress, completed, failed } = tasks;
  return {
    time: isoTime(time),
    seq,
    active_sessions: sessions.idle + sessions.busy,
    busy_sessions: sessions.busy,
    tasks_pending: pending,
    tasks_ready: ready,
    tasks_in_progress: in_progress,
    tasks_completed: completed,
    tasks_failed: failed,
    avg_session_utilization: utilization,
    throughput,
  };
}
