/**
 * Sessions as they are shown.
 */
import type { SessionView } from '../contract/views/session-view.ts';
import { questionsOf } from '../domain/decision/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { breakerState } from '../domain/session/breaker.ts';
import { isLimited } from '../domain/session/provider-limit.ts';
import { performanceScore, type Session, successRate } from '../domain/session/state.ts';
import { isoTime, isoTimeOrNull, minutesOf } from './time.ts';

/** A session as it is shown; `heardAt` is when it was last heard of, if that is known. */
export function showSession(
  state: SwarmState,
  session: Session,
  { heardAt, now }: { readonly heardAt: number | undefined; readonly now: number },
): SessionView {
  const { performance, breaker } = session;
  const score = performanceScore(performance);
  const current = session.held[0] ?? null;
  return {
    id: session.id,
    status: session.ended_at === 0 ? session.status : 'offline',
    capabilities: [...session.capabilities],
    specialties: [...session.specialties],
    role: session.role,
    runner: session.runner,
    host: session.host,
    mode: session.mode,
    lifecycle: {
      status: session.ended_at === 0 ? session.status : 'offline',
      last_activity: isoTime(Math.max(heardAt ?? 0, session.registered_at)),
    },
    user_context: session.user_context,
    max_concurrent_tasks: session.slots,
    current_task: current,
    current_task_id: current,
    tasks: [...session.held],
    waiting_for_person: questionsOf(state.decisions, session).map(({ id }) => id),
    incarnation: session.incarnation,
    account: session.account,
    limited: limitOf(session, now),
    paused: state.pauses.sessions.has(session.id),
    registered_at: isoTime(session.registered_at),
    last_heartbeat: isoTime(Math.max(heardAt ?? 0, session.registered_at)),
    deregistered_at: isoTimeOrNull(session.ended_at),
    performance: {
      tasks_completed: performance.completed,
      tasks_failed: performance.failed,
      avg_task_time: performance.completed === 0 ? null : minutesOf(performance.duration_ms / performance.completed),
      success_rate: successRate(performance),
      score,
    },
    performance_score: score,
    breaker: {
      state: breakerState(breaker, now),
      failures: breaker.failed.length,
      until: isoTimeOrNull(breaker.until),
    },
  };
}

function limitOf(session: Session, now: number): SessionView['limited'] {
  const { limited } = session;
  if (limited === null || !isLimited(session, now)) return null;
  const { reason, until, message } = limited;
  return { reason, until: isoTime(until), ...(message === undefined ? {} : { message }) };
}
