/**
 * Waits for tasks to end, and tells the outcome by exit code: 7 when one did not complete, 8 when the time was up first.
 * It follows the events rather than asking for every task again and again, so that many tasks cost no more than one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TuttiClient } from '../client/client.ts';
import { Failure } from '../contract/failure.ts';
import type { TaskView } from '../contract/views/task-view.ts';
import type { CliContext } from './cli-context.ts';
import type { CliOption, Values } from './command.ts';
import { safeJson } from './output/clean-text.ts';
import { table } from './output/table.ts';
import { taskColumns } from './output/task-text.ts';
import { counted } from './output/words.ts';
import { asNumber } from './read-values.ts';

/** --timeout */
export const TIMEOUT_OPTION: CliOption = {
  flags: '--timeout <seconds>',
  description: 'With --wait: at most so long, then exit code 8; default: as long as it takes.',
  read: asNumber,
};

/** The tasks to wait for. */
export interface Awaited {
  readonly client: TuttiClient;
  readonly values: Values;
  readonly ids: readonly string[];
}

const PAUSE_MS = 300;
const PAGE = 1000;

/** Waits, prints the tasks as they ended, and resolves with the exit code. Throws Failure `work_failed` and `work_pending`. */
export async function waitForAnswer({ client, values, ids }: Awaited, context: CliContext): Promise<number> {
  const { terminal, globals, now } = context;
  const seconds = typeof values['timeout'] === 'number' ? values['timeout'] : null;
  const ended = await waitForEnd(client, ids, seconds === null ? null : now() + seconds * 1000, now);
  if (globals.json) terminal.print(safeJson({ tasks: ended }, 2));
  else if (ended.length > 0) terminal.print(...table(ended, taskColumns(now()), terminal));
  const bad = ended.filter(({ status }) => status !== 'completed');
  const [first] = bad;
  const what = (count: number, id: string): string =>
    ids.length === 1 ? `The task ${id}` : `${counted(count, 'task')} of ${ids.length}, first ${id},`;
  if (first !== undefined) {
    throw new Failure('work_failed', {
      what: what(bad.length, first.id),
      status: first.status,
      reason: first.failure ?? 'no reason given',
      task_id: first.id,
    });
  }
  const open = ids.find((id) => ended.every((task) => task.id !== id));
  if (open !== undefined) throw new Failure('work_pending', { what: what(ids.length - ended.length, open), seconds, task_id: open });
  return 0;
}

/** The tasks that have ended by `deadline` (ms since 1970, or null), in the given order. */
async function waitForEnd(client: TuttiClient, ids: readonly string[], deadline: number | null, now: () => number): Promise<TaskView[]> {
  const ended = new Map<string, TaskView>();
  let { head } = await client.call('event.list', { limit: 1 });
  let look: Iterable<string> = ids;
  for (;;) {
    for (const task_id of look) {
      const { task } = await client.call('task.show', { task_id });
      if (isTerminal(task)) ended.set(task_id, task);
      else ended.delete(task_id);
    }
    if (ended.size === ids.length || (deadline !== null && now() >= deadline)) break;
    const touched = await eventsAfter(client, head);
    if (touched.head === head) await delay(deadline === null ? PAUSE_MS : Math.max(1, Math.min(PAUSE_MS, deadline - now())));
    head = touched.head;
    look = ids.filter((id) => touched.tasks.has(id));
  }
  return ids.flatMap((id) => ended.get(id) ?? []);
}

async function eventsAfter(client: TuttiClient, since: number): Promise<{ head: number; tasks: Set<unknown> }> {
  const { events, next, head } = await client.call('event.list', { since, limit: PAGE });
  const tasks = new Set(events.map(({ data }) => data['task_id']));
  return { head: next ?? Math.max(since, events.at(-1)?.seq ?? head), tasks };
}

function isTerminal({ status }: TaskView): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
