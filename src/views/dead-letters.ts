/**
 * Dead letters: tasks that failed for good, with the reason.
 */
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { FailureReason } from '../contract/ids.ts';
import type { DeadLetter } from '../contract/views/task-view.ts';
import type { SwarmState } from '../domain/state.ts';
import { fitsFilter } from '../domain/task/choose-tasks.ts';
import { jsonSize } from '../domain/task/json-size.ts';
import { isTerminal, type Task } from '../domain/task/state.ts';
import { tasksIn } from '../domain/task/task-list.ts';
import { pageOf } from './page.ts';
import { showTask } from './task-view.ts';
import { isoTime } from './time.ts';

/** A page of them, the one that failed first at the top. */
export function listDead(state: SwarmState, { cursor, limit, ...filter }: InputOf<'task.dead'>): OutputOf<'task.dead'> {
  const page = pageOf(
    { cursor, limit },
    {
      after: (number) => deadAfter(state, number),
      matches: (task) => fitsFilter(task, filter),
      sizeOf: (task) => jsonSize(task.spec, Infinity) + (task.ending?.bytes ?? 0),
    },
  );
  const by_reason: Partial<Record<FailureReason, number>> = {};
  for (const [, task] of deadAfter(state, 0)) {
    const reason = task?.ending?.reason ?? 'reported';
    by_reason[reason] = (by_reason[reason] ?? 0) + 1;
  }
  return { tasks: page.items.map((task) => showDead(state, task)), by_reason, next_cursor: page.next };
}

function showDead(state: SwarmState, task: Task): DeadLetter {
  const { ending } = task;
  const waiting = (state.dependents.get(task.id) ?? []).filter((id) => !isTerminal(state.tasks.get(id)?.status ?? 'failed'));
  return {
    task: showTask(state, task),
    reason: ending?.reason ?? 'reported',
    message: ending?.message ?? null,
    failed_at: isoTime(ending?.time ?? 0),
    session_id: ending?.session_id ?? null,
    unblocks: waiting.length,
  };
}

/** By the numbers of the events with which they failed. */
function* deadAfter({ dead }: SwarmState, after: number): Generator<readonly [number, Task | null]> {
  for (const task of tasksIn(dead)) if (task.last_seq > after) yield [task.last_seq, task];
}
