/**
 * The backlog as cards.
 */
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { TaskCard } from '../contract/views/board-view.ts';
import { arrivedAfter } from '../domain/arrival-order.ts';
import type { SwarmState } from '../domain/state.ts';
import { mergeTaskOf, reworkTaskOf } from '../domain/task/decide-review.ts';
import type { Task } from '../domain/task/state.ts';
import { pageOf } from './page.ts';
import { showTask } from './task-view.ts';

/** A page of cards, or the cards that are named. */
export function listBoard(state: SwarmState, input: InputOf<'board.list'>): OutputOf<'board.list'> {
  if (input.ids !== undefined) {
    const named = input.ids.map((id) => state.tasks.get(id)).filter((task) => task !== undefined);
    return { tasks: named.map((task) => showCard(state, task)), next_cursor: null };
  }
  const page = pageOf(input, {
    after: (number) => tasksAfter(state, number),
    matches: (task) =>
      (input.status === undefined || task.status === input.status) &&
      (input.unreviewed === undefined || workOf(state, task)?.unreviewed === true),
  });
  return { tasks: page.items.map((task) => showCard(state, task)), next_cursor: page.next };
}

/** Tasks in the order they were added, from after a number on; null for one that has left memory. */
export function* tasksAfter(state: SwarmState, after: number): Generator<readonly [number, Task | null]> {
  for (const [number, id] of arrivedAfter(state.task_order, after)) yield [number, state.tasks.get(id) ?? null];
}

function showCard(state: SwarmState, task: Task): TaskCard {
  const { spec: _spec, result: _result, on_dependency_failure: _policy, ...card } = showTask(state, task);
  return { ...card, work: workOf(state, task) };
}

function workOf(state: SwarmState, { id, status, ending }: Task): TaskCard['work'] {
  const result = ending?.result ?? null;
  if (typeof result !== 'object' || result === null || Array.isArray(result) || typeof result['commit'] !== 'string') return null;
  const { branch, insertions, deletions, base_commit, commit, merged_into } = result;
  const lines = (value: unknown): number | null => (Number.isSafeInteger(value) ? Number(value) : null);
  // A commit that stands on no branch of its own is where it belongs already.
  const changed = typeof branch === 'string' && base_commit !== commit && merged_into === undefined;
  const judged = state.tasks.has(mergeTaskOf(id)) || state.tasks.has(reworkTaskOf(id));
  return {
    branch: typeof branch === 'string' ? branch : null,
    insertions: lines(insertions),
    deletions: lines(deletions),
    unreviewed: status === 'completed' && changed && !judged,
  };
}
