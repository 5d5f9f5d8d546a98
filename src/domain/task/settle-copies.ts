/**
 * What becomes of speculative copies and their originals (copies.ts) when one of them ends or loses its lease.
 * Invariant: deciding it twice decides nothing more.
 */
import type { Fact } from '../../contract/event.ts';
import { NOTHING } from '../decision.ts';
import type { SwarmState } from '../state.ts';
import { cancelTasks } from './change-tasks.ts';
import { isTerminal, type Task } from './state.ts';

/** What follows for copies and their originals from what has just happened. */
export function settleCopies(state: SwarmState): readonly Fact[] {
  if (state.copies.size === 0) return NOTHING;
  const facts: Fact[] = [];
  for (const [id, { copy_id }] of state.copies) {
    const original = state.tasks.get(id);
    const copy = state.tasks.get(copy_id);
    if (copy === undefined || copy.status === 'failed' || copy.status === 'cancelled') continue;
    if (copy.status === 'completed') facts.push(...(original === undefined ? [] : completedBy(original, copy)));
    else if (original === undefined || isTerminal(original.status) || original.waiting_for > 0)
      facts.push(...cancelTasks(state, [copy], 'original_ended'));
    else if (copy.lease === null) facts.push(...cancelTasks(state, [copy], 'copy_interrupted'));
  }
  return facts;
}

/** The copy's result is the original's: who still works on it is told that the lease has ended. */
function completedBy(original: Task, copy: Task): readonly Fact[] {
  const { ending } = copy;
  if (isTerminal(original.status) || ending === null) return NOTHING;
  const { lease } = original;
  const subject = { task_id: original.id, prev: 0 };
  const released: Fact[] =
    lease === null
      ? []
      : [
          {
            type: 'task_released',
            data: { ...subject, lease: lease.number, session_id: lease.session_id, reason: 'copy_won', last_contact: null },
          },
        ];
  const began = ending.started_at === 0 ? ending.assigned_at : ending.started_at;
  const data = {
    ...subject,
    lease: ending.lease,
    session_id: ending.session_id ?? '',
    result: ending.result,
    duration_ms: ending.time - began,
    copy_id: copy.id,
  };
  return [...released, { type: 'task_completed', data }];
}
