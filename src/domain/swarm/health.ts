/**
 * The health pass (A14): what has been silent, unstarted, stalled or delayed for long enough.
 * Liveness is not state: when a session was last heard of comes in from outside. After a takeover every silence
 * counts from then, so each lease gets one grace period.
 */
import type { Fact } from '../../contract/event.ts';
import { dueDecisions } from '../decision/decide.ts';
import { nextDeadline } from '../decision/state.ts';
import { expiredLocks } from '../lock/decide.ts';
import { nextExpiry } from '../lock/state.ts';
import { decideRefills } from '../resource/decide.ts';
import { nextRefill } from '../resource/state.ts';
import { releaseHeld } from '../session/decide.ts';
import { isMember, type Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { percentile95 } from '../learning/estimate.ts';
import { kindOf, nominalDuration } from '../learning/task-kind.ts';
import { decideStraggler, overrunAt } from './stragglers.ts';
import { type ReleaseContext, releaseTask } from '../task/release.ts';
import type { Lease, Task } from '../task/state.ts';
import { expiredControls } from '../terminal/decide.ts';
import { nextControlEnd } from '../terminal/state.ts';
import { nextTime, timedBy } from '../task/timed-tasks.ts';

/** An offline session leaves for good after this long. */
const FORGET_AFTER_MS = 86_400_000;

/** When each session was last heard of, ms since 1970. */
export type Contacts = ReadonlyMap<string, number>;

/** What is due at `now`; without contacts only what nobody's silence decides. */
export function decideHealth(state: SwarmState, contacts: Contacts | null, now: number): Fact[] {
  // Before anything that may end a task.
  const facts = overdueAt(state, now);
  if (contacts !== null) facts.push(...checkSessions(state, contacts, now));
  for (const id of timedBy(state.delayed, now)) {
    const task = state.tasks.get(id);
    if (task !== undefined && task.status === 'pending' && task.due_at > 0 && task.due_at <= now) {
      facts.push({ type: 'task_due', data: { task_id: id, prev: 0 } });
    }
  }
  facts.push(...expiredLocks(state, now, facts), ...expiredControls(state.terminals, now));
  facts.push(...dueDecisions(state, now), ...decideRefills(state, now));
  return facts;
}

/** The unfinished tasks whose deadline has passed by `now`. */
function overdueAt(state: SwarmState, now: number): Fact[] {
  return timedBy(state.deadlines, now).flatMap((id): Fact[] => {
    const task = state.tasks.get(id);
    return task === undefined ? [] : [{ type: 'task_overdue', data: { task_id: id, prev: 0, deadline: task.options.deadline } }];
  });
}

/** The earliest time at which the health pass will have something to say, if nothing happens before; Infinity for never. */
export function nextHealthTime(state: SwarmState, contacts: Contacts): number {
  let next = nextFixedTime(state);
  for (const session of state.sessions.values()) {
    if (!isMember(session)) continue;
    if (session.offline) {
      next = Math.min(next, session.offline_at + FORGET_AFTER_MS);
      continue;
    }
    next = Math.min(next, heardAt(state, session, contacts) + ms(state.settings.offline_after));
    for (const id of session.held) {
      const task = state.tasks.get(id);
      const lease = task?.lease ?? null;
      if (task !== undefined && lease !== null) next = Math.min(next, deadlineOf(state, task, lease), overrunAt(state, task, lease));
    }
  }
  return next;
}

/** The earliest time that was set: the end of a delay, a lock or a control, the deadline of a task or of a decision; Infinity for none. */
export function nextFixedTime({ delayed, deadlines, locks, decisions, schedules, resources, terminals }: SwarmState): number {
  return Math.min(
    nextTime(delayed),
    nextTime(deadlines),
    nextExpiry(locks),
    nextControlEnd(terminals),
    schedules.next_due,
    nextRefill(resources),
    nextDeadline(decisions),
  );
}

function checkSessions(state: SwarmState, contacts: Contacts, now: number): Fact[] {
  const context = { now, failing: new Set<string>() };
  return [...state.sessions.values()].filter(isMember).flatMap((session) => {
    const heard = heardAt(state, session, contacts);
    return session.offline ? forgotten(session, now) : checkSession(state, session, heard, context);
  });
}

function checkSession(state: SwarmState, session: Session, heard: number, context: ReleaseContext): readonly Fact[] {
  const { now } = context;
  if (now - heard >= ms(state.settings.offline_after)) {
    return [
      ...releaseHeld(state, session, 'session_offline', { ...context, last_contact: heard }),
      { type: 'session_offline', data: { session_id: session.id, last_contact: heard } },
    ];
  }
  const facts: Fact[] = [];
  for (const id of session.held) {
    const task = state.tasks.get(id);
    const lease = task?.lease ?? null;
    if (task === undefined || lease === null) continue;
    const due = deadlineOf(state, task, lease) <= now;
    facts.push(...(due ? overdueLease(state, task, lease, context) : decideStraggler(state, task, lease, context)));
  }
  return facts;
}

function forgotten(session: Session, now: number): readonly Fact[] {
  if (now - session.offline_at < FORGET_AFTER_MS) return [];
  return [{ type: 'session_deregistered', data: { session_id: session.id } }];
}

function overdueLease(state: SwarmState, task: Task, lease: Lease, context: ReleaseContext): readonly Fact[] {
  if (lease.started_at === 0) return releaseTask(state, task, 'claim_timeout', context);
  if (isAskedForSilence(lease)) return releaseTask(state, task, 'stalled', context);
  const silent_ms = context.now - Math.max(lease.progress_at, state.recovered_at);
  return [{ type: 'task_probed', data: { task_id: task.id, prev: 0, lease: lease.number, session_id: lease.session_id, silent_ms } }];
}

/** When a held task becomes overdue if nothing is heard of it; never while it waits for a person. */
function deadlineOf(state: SwarmState, task: Task, lease: Lease): number {
  const { settings, recovered_at } = state;
  if (task.questions > 0) return Infinity;
  if (lease.started_at === 0) return Math.max(lease.assigned_at, recovered_at) + ms(settings.task_claim_timeout);
  if (isAskedForSilence(lease)) return Math.max(lease.probed_at, recovered_at) + ms(settings.probe_grace);
  const learned = state.sessions.get(lease.session_id)?.performance.learned;
  const patience = Math.max(
    ms(settings.stall_after),
    percentile95(state.kinds, learned, { kind: kindOf(task), nominal: nominalDuration(task) }),
  );
  return Math.max(lease.progress_at, recovered_at) + patience;
}

/** Was it probed because nothing is heard of it? One that was probed because it takes long has as long to speak as any other. */
function isAskedForSilence({ probed_at, overrun_at }: Lease): boolean {
  return probed_at !== 0 && probed_at !== overrun_at;
}

function heardAt(state: SwarmState, session: Session, contacts: Contacts): number {
  return Math.max(contacts.get(session.id) ?? 0, session.registered_at, state.recovered_at);
}

function ms(seconds: number): number {
  return seconds * 1000;
}
