/**
 * What the safety pass does after it gave out what is ready, for sessions that still want work: it moves what a full session
 * has not begun to one that is idle (B9), and copies attempts that hang, if that is set.
 * Invariants: work that has begun is never moved, and what was moved is not moved again before it begins; who gets something
 * here is idle, asks for work, and has nothing ready that it could do. What asks for resources or limits stays where it is.
 */
import type { Fact } from '../../contract/event.ts';
import type { AssignmentTerms } from '../../contract/events/task-events.ts';
import { copyAllowed } from '../../scheduling/straggler.ts';
import { estimateOf } from '../learning/estimate.ts';
import { kindOf, nominalDuration } from '../learning/task-kind.ts';
import { isMember, type Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { expectedToRemain, HANDOVER_MS } from '../swarm/stragglers.ts';
import { copyOf } from '../task/copies.ts';
import type { Lease, Task } from '../task/state.ts';
import { sessionObstacle } from './blockers.ts';
import type { Demanding } from './demanding.ts';
import { roundedTerms } from './policy.ts';

/** Share of a session's slots in use above which what it has not begun may go to another (B9). */
const OVERLOADED = 0.9;
/** Tasks that one pass moves at most. */
const MOVED_AT_ONCE = 16;
const LONGEST_ID = 128;

/** Facts that belong together, and the session that gets work by them. */
type Apply = (facts: readonly Fact[], session: Session) => void;

/** The second look at what is given out. `apply` must fold the facts in before it returns. */
export function lookAgain(state: SwarmState, demand: Demanding, now: number, apply: Apply): void {
  if (state.pauses.swarm !== null || state.task_counts.assigned + state.task_counts.in_progress === 0) return;
  const idle = idleSessions(state, demand, now);
  if (idle.size === 0) return;
  moveUnstarted(state, idle, now, apply);
  if (state.settings.straggler_action === 'copy') copyStragglers(state, idle, now, apply);
}

function idleSessions(state: SwarmState, demand: Demanding, now: number): Set<Session> {
  const idle = new Set<Session>();
  for (const id of demand.sessions()) {
    const session = state.sessions.get(id);
    if (session === undefined || session.held.length > 0 || session.status !== 'idle') continue;
    if (sessionObstacle(session, { required_capability: null }, now) === null) idle.add(session);
  }
  return idle;
}

/** B9: moves what lies unstarted at a full session that works on something else. */
function moveUnstarted(state: SwarmState, idle: Set<Session>, now: number, apply: Apply): void {
  const patience = state.settings.idle_threshold * 1000;
  let moved = 0;
  for (const holder of state.sessions.values()) {
    if (!isMember(holder) || holder.held.length < 2 || holder.held.length / holder.slots <= OVERLOADED) continue;
    const held = holder.held.flatMap((id) => state.tasks.get(id) ?? []);
    if (!held.some(({ lease }) => lease !== null && lease.started_at > 0)) continue;
    for (const task of held) {
      const { lease } = task;
      if (lease === null || lease.started_at > 0 || lease.policy === 'rebalance' || !isFree(state, task)) continue;
      if (now - Math.max(lease.assigned_at, state.recovered_at) < patience) continue;
      const place = bestPlace(state, task, { idle, holder, now });
      if (place === null) continue;
      const order = { unstarted_seconds: (now - lease.assigned_at) / 1000, utilisation: holder.held.length / holder.slots };
      const subject = { task_id: task.id, prev: 0 };
      const released: Fact = {
        type: 'task_released',
        data: { ...subject, lease: lease.number, session_id: holder.id, reason: 'rebalanced', last_contact: null },
      };
      apply([released, assigned(task, place, { rule: 'rebalance', order })], place.session);
      idle.delete(place.session);
      moved += 1;
      if (moved === MOVED_AT_ONCE) return;
    }
  }
}

/** Copies attempts that have overrun to sessions that would end them sooner, on a tenth of the slots at most. */
function copyStragglers(state: SwarmState, idle: Set<Session>, now: number, apply: Apply): void {
  const members = [...state.sessions.values()].filter((session) => isMember(session) && !session.offline);
  const slots = members.reduce((sum, session) => sum + session.slots, 0);
  let copies = 0;
  for (const id of state.copies.keys()) {
    const original = state.tasks.get(id);
    if (original !== undefined && copyOf(state, original) !== null) copies += 1;
  }
  for (const holder of members) {
    for (const id of holder.held) {
      const task = state.tasks.get(id);
      const lease = task?.lease ?? null;
      if (task === undefined || lease === null || !mayBeCopied(state, task, lease, now)) continue;
      const place = bestPlace(state, task, { idle, holder, now });
      const remaining = expectedToRemain(state, task, lease, now);
      if (place === null || remaining === null) continue;
      const elsewhere = place.expected;
      const situation = { remaining, elsewhere, handover: HANDOVER_MS, critical: false, idleWithoutWork: true, copies, slots };
      if (!copyAllowed(situation)) continue;
      const order = { ran_seconds: (now - lease.started_at) / 1000, remaining_seconds: remaining / 1000 };
      const copyId = copyIdOf(task, lease);
      apply([copyFact(task, copyId), assigned({ id: copyId, attempt: 0 }, place, { rule: 'copy', order })], place.session);
      idle.delete(place.session);
      copies += 1;
    }
  }
}

function mayBeCopied(state: SwarmState, task: Task, lease: Lease, now: number): boolean {
  if (lease.overrun_at <= 0 || now < lease.overrun_at + state.settings.probe_grace * 1000) return false;
  if (!isFree(state, task) || task.questions > 0 || task.options.speculates_on !== null) return false;
  return state.copies.get(task.id)?.lease !== lease.number && copyOf(state, task) === null && copyIdOf(task, lease).length <= LONGEST_ID;
}

/** True when a lease on it takes nothing but a slot, and may begin now. */
function isFree(state: SwarmState, task: Task): boolean {
  return task.needs === null && (task.required_capability === null || !state.pauses.capabilities.has(task.required_capability));
}

interface Place {
  readonly session: Session;
  /** What it is expected to take there, ÷ the chance of success, ms. */
  readonly expected: number;
}

/** The idle session that is expected to end it first. */
function bestPlace(
  state: SwarmState,
  task: Task,
  { idle, holder, now }: { readonly idle: ReadonlySet<Session>; readonly holder: Session; readonly now: number },
): Place | null {
  let best: Place | null = null;
  for (const session of idle) {
    if (session === holder || sessionObstacle(session, task, now) !== null) continue;
    const { factor, success } = estimateOf(state.kinds, session.performance.learned, kindOf(task), now);
    const expected = (nominalDuration(task) * factor) / success;
    if (best === null || expected < best.expected) best = { session, expected };
  }
  return best;
}

function copyIdOf({ id }: Task, lease: Lease): string {
  return `${id}.copy-${lease.number}`;
}

/** The same work, as a task that asks for nothing and is tried once. */
function copyFact(task: Task, copyId: string): Fact {
  const { type, title, spec, priority, required_capability, estimated_hours, options } = task;
  return {
    type: 'task_added',
    data: {
      task_id: copyId,
      prev: 0,
      type,
      title,
      spec,
      priority,
      explicit_priority: true,
      required_capability,
      ...(estimated_hours === null ? {} : { estimated_hours }),
      options: { max_attempts: 1, labels: [...options.labels], speculates_on: task.id },
    },
  };
}

function assigned(
  { id, attempt }: Pick<Task, 'id' | 'attempt'>,
  { session, expected }: Place,
  { rule, order }: Pick<AssignmentTerms, 'rule' | 'order'>,
): Fact {
  const candidates = [{ session_id: session.id, terms: roundedTerms({ cost_seconds: expected / 1000 }) }];
  return {
    type: 'task_assigned',
    data: {
      task_id: id,
      prev: 0,
      session_id: session.id,
      incarnation: session.incarnation,
      attempt: attempt + 1,
      started: false,
      policy: rule,
      score: 1,
      why: { rule, order: roundedTerms(order), candidates, more: 0 },
    },
  };
}
