/**
 * The facts of a task that has failed for good, and of the tasks that fail with it.
 */
import type { EventData, Fact } from '../../contract/event.ts';
import type { SwarmState } from '../state.ts';
import { isTerminal, type Task } from './state.ts';

type FailureFacts = Pick<EventData<'task_failed'>, 'reason' | 'result' | 'duration_ms' | 'message'>;

/** The task fails, and everything that cascades from it; `failing` as in cascadeFrom. */
export function failForGood(state: SwarmState, task: Task, failure: FailureFacts, failing?: Set<string>): Fact[] {
  return [failureOf(task, failure, null), ...cascadeFrom(state, task, failing)];
}

/** One failed attempt; `retryAt` is null when there is no other. */
export function failureOf(task: Task, failure: FailureFacts, retryAt: number | null): Fact {
  return {
    type: 'task_failed',
    data: {
      task_id: task.id,
      prev: 0,
      lease: task.lease?.number ?? null,
      session_id: task.lease?.session_id ?? null,
      ...failure,
      retry_at: retryAt,
    },
  };
}

/**
 * The failures of every task that fails because `root` did (policy cascade), each once, nearest first.
 * `failing` holds the tasks that the same decision has let fail already, and takes in these.
 */
export function cascadeFrom(state: SwarmState, root: Task, failing: Set<string> = new Set()): Fact[] {
  const facts: Fact[] = [];
  const open = [root.id];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    for (const dependentId of state.dependents.get(id) ?? []) {
      const dependent = state.tasks.get(dependentId);
      if (dependent === undefined || failing.has(dependentId) || isTerminal(dependent.status)) continue;
      if (dependent.options.on_dependency_failure !== 'cascade') continue;
      failing.add(dependentId);
      open.push(dependentId);
      facts.push(failureOf(dependent, { reason: 'dependency_failed', result: null, duration_ms: 0 }, null));
    }
  }
  return facts;
}
