/**
 * The rules of sessions: register, heartbeat, deregister.
 */
import type { EventData, Fact } from '../../contract/event.ts';
import type { InputOf } from '../../contract/operations.ts';
import { refuseUndefined } from '../capability/check-names.ts';
import { detectedBefore } from '../capability/decide.ts';
import type { Decision, Rule } from '../decision.ts';
import { releaseLocks } from '../lock/decide.ts';
import { isRefused } from '../refuse.ts';
import type { SwarmState } from '../state.ts';
import { type ReleaseContext, releaseTask } from '../task/release.ts';
import { progressOf, startOf } from '../task/report.ts';
import { liveSession, returnOf } from './live-session.ts';
import { isMember, type Session } from './state.ts';

/** A1: a new incarnation; the leases of an earlier one end. */
export const registerRule: Rule<'session.register'> = {
  decide: (state, input, context) => {
    const no = refuseUndefined(state, input.capabilities);
    if (no !== null) return no;
    const facts: Fact[] = [];
    const before = state.sessions.get(input.session_id);
    if (before !== undefined && isMember(before)) facts.push(...releaseHeld(state, before, 'replaced', context));
    facts.push({
      type: 'session_registered',
      data: {
        session_id: input.session_id,
        capabilities: [...new Set([...input.capabilities, ...detectedBefore(state, input.session_id, input.capabilities)])],
        specialties: [...new Set(input.specialties)],
        max_concurrent_tasks: input.max_concurrent_tasks ?? state.settings.max_concurrent_tasks,
        role: input.role ?? null,
        runner: input.runner ?? null,
        host: input.host ?? null,
        ...(input.account === undefined ? {} : { account: input.account }),
        ...(input.mode === undefined ? {} : { mode: input.mode }),
        ...(input.user_context === undefined ? {} : { user_context: input.user_context }),
      },
    });
    return facts;
  },
};

/** A2: a sign of life; what it changes becomes a fact, nothing else does. */
export const heartbeatRule: Rule<'session.heartbeat'> = {
  decide: (state, input, context) => {
    const session = liveSession(state, input.session_id, context.caller);
    if (isRefused(session)) return session;
    const facts: Fact[] = [...returnOf(session)];
    if (input.status !== session.reported) {
      facts.push({ type: 'session_reported', data: { session_id: session.id, status: input.status } });
    }
    facts.push(...reportOnCurrent(state, session, input));
    return facts;
  },
};

/** A3: its unfinished tasks go back to the queue at once. */
export const deregisterRule: Rule<'session.deregister'> = {
  decide: (state, input, context): Decision => {
    const session = liveSession(state, input.session_id, context.caller);
    if (isRefused(session)) return session;
    return [...releaseHeld(state, session, 'deregistered', context), { type: 'session_deregistered', data: { session_id: session.id } }];
  },
};

/** The facts that end every lease and every lock of a session. */
export function releaseHeld(
  state: SwarmState,
  session: Session,
  reason: Extract<EventData<'task_released'>['reason'], 'deregistered' | 'replaced' | 'session_offline'>,
  { failing = new Set(), ...context }: ReleaseContext,
): Fact[] {
  const facts: Fact[] = [];
  // Each goes to the front of its lane: the last one first, so that they wait in their old order.
  for (const id of session.held.toReversed()) {
    const task = state.tasks.get(id);
    if (task !== undefined) facts.push(...releaseTask(state, task, reason, { ...context, failing }));
  }
  facts.push(...releaseLocks(state, session.id, reason));
  return facts;
}

function reportOnCurrent(state: SwarmState, session: Session, input: InputOf<'session.heartbeat'>): Fact[] {
  const task = state.tasks.get(input.current_task ?? '');
  const lease = task?.lease ?? null;
  if (task === undefined || lease === null || lease.session_id !== session.id || input.status !== 'busy') return [];
  if (input.lease !== undefined && input.lease !== lease.number) return [];
  return [...startOf(task), ...progressOf(task, { progress: input.progress, details: null, deliberate: false })];
}
