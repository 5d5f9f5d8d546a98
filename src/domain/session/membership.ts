/**
 * Keeps a session's derived status, and the counts that follow from it, in step with its fields.
 * Invariant: session_counts counts exactly the members by status.
 */
import { arrive, depart } from '../arrival-order.ts';
import { integrate } from '../activity/state.ts';
import { forgetSessionUsage } from '../budget/evolve.ts';
import { closeMailbox } from '../message/state.ts';
import type { SwarmState } from '../state.ts';
import { isMember, type Session } from './state.ts';

/** Deregistered sessions that are still shown. */
const ENDED_SESSIONS_KEPT = 1000;

/** Recomputes the status after a field changed at `time`. */
export function refreshStatus(state: SwarmState, session: Session, time: number): void {
  const status = session.offline ? 'offline' : session.held.length > 0 || session.reported === 'busy' ? 'busy' : 'idle';
  if (status === session.status) return;
  integrate(state.activity, time, state.session_counts);
  state.session_counts[session.status] -= 1;
  state.session_counts[status] += 1;
  session.status = status;
}

/** Takes a session in, in place of its earlier incarnation. */
export function join(state: SwarmState, session: Session, time: number): void {
  integrate(state.activity, time, state.session_counts);
  const before = state.sessions.get(session.id);
  if (before !== undefined && isMember(before)) state.session_counts[before.status] -= 1;
  state.ended_sessions.delete(session.id);
  const isNew = !state.sessions.delete(session.id);
  state.sessions.set(session.id, session);
  arrive(state.session_order, session.id, session.incarnation);
  if (!isNew) closeGap(state);
  state.session_counts[session.status] += 1;
}

/** Lets a session go; it stays visible until many others went after it. */
export function leave(state: SwarmState, session: Session, time: number): void {
  if (!isMember(session)) return;
  integrate(state.activity, time, state.session_counts);
  state.session_counts[session.status] -= 1;
  session.ended_at = time;
  state.ended_sessions.add(session.id);
  if (state.ended_sessions.size <= ENDED_SESSIONS_KEPT) return;
  const [oldest] = state.ended_sessions;
  if (oldest === undefined) return;
  state.ended_sessions.delete(oldest);
  state.sessions.delete(oldest);
  state.pauses.sessions.delete(oldest);
  closeGap(state);
  closeMailbox(state.messages, oldest);
  forgetSessionUsage(state, oldest);
}

/** Gives a session a task to hold. */
export function hold(state: SwarmState, sessionId: string, taskId: string, time: number): void {
  const session = state.sessions.get(sessionId);
  if (session === undefined) return;
  session.held.push(taskId);
  refreshStatus(state, session, time);
}

/** Takes a held task from a session. */
export function unhold(state: SwarmState, sessionId: string, taskId: string, time: number): void {
  const session = state.sessions.get(sessionId);
  const index = session?.held.indexOf(taskId) ?? -1;
  if (session === undefined || index < 0) return;
  if (index === session.held.length - 1) session.held.pop();
  else session.held.splice(index, 1);
  refreshStatus(state, session, time);
}

/** A session left its place in the order in which they came. */
function closeGap(state: SwarmState): void {
  depart(state.session_order, (id, incarnation) => state.sessions.get(id)?.incarnation === incarnation);
}
