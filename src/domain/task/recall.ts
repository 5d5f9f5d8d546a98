/**
 * How a task that has left memory comes back to run again: as its events left it, in its place among the others.
 */
import type { EventData, Fact } from '../../contract/event.ts';
import type { RetiredRecord } from '../decision.ts';
import { HIGHEST_PRIORITY } from './lifecycle.ts';
import type { TaskEvent } from './story.ts';

/** A task as it was when it ended, but for what it waits for when it runs again. */
export type Recalled = Omit<EventData<'task_recalled'>, 'waiting_for'>;

/** What is to come back; null when it completed, or the log does not tell how it began. */
export function recalledFrom({ status, story, last_seq }: RetiredRecord): Recalled | null {
  const [first] = story;
  if (first?.type !== 'task_added' || (status !== 'failed' && status !== 'cancelled')) return null;
  const { waiting_for = 0, not_before: _not_before, idempotency_key: _key, ...added } = first.data;
  const begun: Begun = {
    ...added,
    dependencies: added.dependencies ?? [],
    prev: last_seq,
    number: first.seq,
    created_at: first.time,
    was: status,
    attempt: 0,
    overdue: false,
    has_waited: waiting_for > 0,
  };
  const { has_waited: _waited, ...recalled } = story.reduce(withEvent, begun);
  return recalled;
}

/** Puts it back into the queue; `waiting_for` counts its unfinished dependencies. */
export function recallFact(recalled: Recalled, waiting_for: number): Fact {
  return { type: 'task_recalled', data: { ...recalled, waiting_for } };
}

type Begun = Recalled & {
  readonly dependencies: readonly string[];
  /** It waited for others when it was added: its priority grew when they had completed. */
  readonly has_waited: boolean;
};

function withEvent(task: Begun, event: TaskEvent): Begun {
  switch (event.type) {
    case 'task_reprioritised':
      return { ...task, priority: event.data.priority, explicit_priority: true };
    case 'task_assigned': {
      const attempted = { ...task, attempt: event.data.attempt };
      if (task.explicit_priority || !task.has_waited) return attempted;
      return { ...attempted, priority: Math.min(HIGHEST_PRIORITY, task.priority + 1), explicit_priority: true };
    }
    case 'task_suspended': {
      const { wait_for, on_dependency_failure } = event.data;
      const dependencies = [...new Set([...task.dependencies, ...wait_for])];
      return { ...task, dependencies, options: { ...task.options, on_dependency_failure } };
    }
    case 'task_overdue':
      return { ...task, overdue: true };
    default:
      return task;
  }
}
