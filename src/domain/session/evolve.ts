/**
 * What the events of sessions do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import { haltOf } from '../budget/state.ts';
import type { SwarmState } from '../state.ts';
import { createBreaker } from './breaker.ts';
import { join, leave, refreshStatus } from './membership.ts';
import { limitAtStart } from './provider-limit.ts';
import { createPerformance, type Session } from './state.ts';

/** A session registered; what it achieved before stays with its id. */
export function onSessionRegistered(state: SwarmState, event: EventOf<'session_registered'>): void {
  const { session_id, max_concurrent_tasks, account = null, ...rest } = event.data;
  const session: Session = {
    id: session_id,
    incarnation: event.seq,
    registered_at: event.time,
    capabilities: rest.capabilities,
    specialties: rest.specialties,
    slots: max_concurrent_tasks,
    role: rest.role,
    runner: rest.runner,
    host: rest.host,
    account,
    mode: rest.mode ?? 'development',
    user_context: rest.user_context ?? null,
    performance: state.sessions.get(session_id)?.performance ?? createPerformance(),
    breaker: state.sessions.get(session_id)?.breaker ?? createBreaker(),
    limited: limitAtStart(state, { id: session_id, account }, event.time),
    held: [],
    reported: 'idle',
    offline: false,
    paused: state.pauses.sessions.has(session_id),
    offline_at: 0,
    halted: haltOf(state.budgets, session_id) !== null,
    ended_at: 0,
    status: 'idle',
  };
  join(state, session, event.time);
}

/** A session left. */
export function onSessionDeregistered(state: SwarmState, event: EventOf<'session_deregistered'>): void {
  const session = state.sessions.get(event.data.session_id);
  if (session !== undefined) leave(state, session, event.time);
}

/** A session was silent for too long. */
export function onSessionOffline(state: SwarmState, event: EventOf<'session_offline'>): void {
  const session = state.sessions.get(event.data.session_id);
  if (session === undefined) return;
  session.offline = true;
  session.offline_at = event.time;
  refreshStatus(state, session, event.time);
}

/** A session was heard of again. */
export function onSessionReturned(state: SwarmState, event: EventOf<'session_returned'>): void {
  const session = state.sessions.get(event.data.session_id);
  if (session === undefined) return;
  session.offline = false;
  session.offline_at = 0;
  refreshStatus(state, session, event.time);
}

/** A session says that it is busy or idle. */
export function onSessionReported(state: SwarmState, event: EventOf<'session_reported'>): void {
  const session = state.sessions.get(event.data.session_id);
  if (session === undefined) return;
  session.reported = event.data.status;
  refreshStatus(state, session, event.time);
}
