/**
 * What the safety pass does after it gave out what is ready, for sessions that still want work: it moves what a full session
 * has not begun to one that is idle (B9), and copies attempts that hang, if that is set.
 * Invariants: work that has begun is never moved, and what was moved is not moved again before it begins; who gets something
 * here is idle, asks for work, and has nothing ready that it could do. What a moved task holds moves with it.
 */
import type { Fact } from '../../contract/event.ts';
import { isHandedOver } from '../resource/gate.ts';
import { isMember, type Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import type { Task } from '../task/state.ts';
import type { Demanding } from './demanding.ts';
import { assignedTo, bestPlace, isIdle } from './idle-place.ts';
import { copyFacts, judgeCopy } from './speculate.ts';

/** Share of a session's slots in use above which what it has not begun may go to another (B9). */
const OVERLOADED = 0.9;
/** Tasks that one pass moves at most. */
const MOVED_AT_ONCE = 16;

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
    if (session !== undefined && isIdle(session, now)) idle.add(session);
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
      if (lease === null || lease.started_at > 0 || lease.policy === 'rebalance' || !mayMove(state, task)) continue;
      if (now - Math.max(lease.assigned_at, state.recovered_at) < patience) continue;
      const place = bestPlace(state, task, { idle, holder: holder.id, now });
      if (place === null) continue;
      const order = { unstarted_seconds: (now - lease.assigned_at) / 1000, utilisation: holder.held.length / holder.slots };
      const subject = { task_id: task.id, prev: 0 };
      const released: Fact = {
        type: 'task_released',
        data: { ...subject, lease: lease.number, session_id: holder.id, reason: 'rebalanced', last_contact: null },
      };
      apply([released, assignedTo(task, place, { rule: 'rebalance', order })], place.session);
      idle.delete(place.session);
      moved += 1;
      if (moved === MOVED_AT_ONCE) return;
    }
  }
}

/** Copies attempts that have overrun to sessions that would end them sooner. */
function copyStragglers(state: SwarmState, idle: Set<Session>, now: number, apply: Apply): void {
  for (const holder of state.sessions.values()) {
    if (!isMember(holder) || holder.offline) continue;
    for (const id of holder.held) {
      const task = state.tasks.get(id);
      if (task === undefined || task.lease === null || task.lease.overrun_at <= 0) continue;
      const judged = judgeCopy(state, task, task.lease, { idle, now });
      if ('kind' in judged) continue;
      apply(copyFacts(task, task.lease, judged, now), judged.place.session);
      idle.delete(judged.place.session);
    }
  }
}

/** True when it may begin elsewhere now: nothing pauses it, and what its lease gives back the next one can take. */
function mayMove(state: SwarmState, { needs, required_capability }: Task): boolean {
  if (required_capability !== null && state.pauses.capabilities.has(required_capability)) return false;
  return needs === null || isHandedOver(needs);
}
