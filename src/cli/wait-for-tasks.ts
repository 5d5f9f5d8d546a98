/**
 * Waits for tasks to end, and tells the outcome by exit code: 7 when one did not complete, 8 when the time was up first.
 * It follows the events instead of asking for every task again and again, so that many tasks cost no more than one,
 * and a server that goes away for a while is waited for. What stands until somebody acts is said, once.
 */
import type { LiveClient } from '../client/live-client.ts';
import { Failure } from '../contract/failure.ts';
import type { TaskView } from '../contract/views/task-view.ts';
import type { CliContext, ServerConnection } from './cli-context.ts';
import type { CliOption, Values } from './command.ts';
import { cleanLine, safeJson } from './output/clean-text.ts';
import { table } from './output/table.ts';
import { isStuck, taskColumns, waitingText } from './output/task-text.ts';
import { counted } from './output/words.ts';
import { asSeconds } from './read-values.ts';
import { sayConnection } from './say-connection.ts';

/** --timeout */
export const TIMEOUT_OPTION: CliOption = {
  flags: '--timeout <seconds>',
  description: 'With --wait: at most so long, then exit code 8; default: as long as it takes.',
  read: asSeconds,
};

/** The tasks to wait for. */
export interface Awaited {
  readonly live: ServerConnection['live'];
  readonly values: Values;
  readonly ids: readonly string[];
}

/** Waits, prints the tasks as they ended, and resolves with 0. Throws Failure `work_failed` and `work_pending`. */
export async function waitForAnswer({ live, values, ids }: Awaited, context: CliContext): Promise<number> {
  const { terminal, globals, now } = context;
  const seconds = typeof values['timeout'] === 'number' ? values['timeout'] : null;
  const ended = await waitForEnd(await live(), { ids, seconds }, context);
  if (globals.json) terminal.print(safeJson({ tasks: ended }, 2));
  else if (ended.length > 0) terminal.print(...table(ended, taskColumns(now()), terminal));
  const bad = ended.filter(({ status }) => status !== 'completed');
  const [first] = bad;
  const what = (count: number, id: string): string =>
    ids.length === 1 ? `The task ${id}` : `${counted(count, 'task')} of ${ids.length}, first ${id},`;
  if (first !== undefined) {
    const { id, status, failure } = first;
    throw new Failure('work_failed', { what: what(bad.length, id), status, reason: failure ?? 'no reason given', task_id: id });
  }
  const open = ids.find((id) => ended.every((task) => task.id !== id));
  if (open !== undefined) throw new Failure('work_pending', { what: what(ids.length - ended.length, open), seconds, task_id: open });
  return 0;
}

/** The tasks that have ended when all have or the time is up, in the given order. */
async function waitForEnd(
  live: LiveClient,
  { ids, seconds }: { readonly ids: readonly string[]; readonly seconds: number | null },
  context: CliContext,
): Promise<TaskView[]> {
  const timeUp = new AbortController();
  const timer = seconds === null ? null : setTimeout(() => timeUp.abort(), seconds * 1000);
  const ended = new Map<string, TaskView>();
  const said = new Map<string, string>();
  const sayWhenStuck = (task: TaskView): void => {
    const text = isStuck(task) ? (task.waiting?.text ?? '') : '';
    if (text !== '' && said.get(task.id) !== text)
      context.terminal.say(`${cleanLine(task.id)}:`, ...waitingText(task, { out: context.terminal.err }).slice(1));
    said.set(task.id, text);
  };
  try {
    const changes = await changesOf(live, ids, context);
    for (let look = ids; ended.size < ids.length || look.length > 0; look = await changes.next(timeUp.signal)) {
      for (const task_id of look) {
        const { task } = await live.call('task.show', { task_id }, { signal: timeUp.signal, timeoutMs: FOR_EVER_MS });
        if (isTerminal(task)) ended.set(task_id, task);
        else ended.delete(task_id);
        for (const dependency of task.dependencies) changes.dependsOn(task_id, dependency);
        sayWhenStuck(task);
      }
      if (ended.size === ids.length) break;
    }
  } catch (error) {
    if (!timeUp.signal.aborted) throw error;
  } finally {
    if (timer !== null) clearTimeout(timer);
    live.close();
  }
  return ids.flatMap((id) => ended.get(id) ?? []);
}

const FOR_EVER_MS = 2_000_000_000;

interface Changes {
  /** The tasks that something happened to since the last time; waits for the first. Rejects when the signal aborts. */
  next(signal: AbortSignal): Promise<string[]>;
  /** What happens to the dependency happens to the task from now on. */
  dependsOn(task_id: string, dependency: string): void;
}

/** What happens to these tasks from now on. */
async function changesOf(live: LiveClient, ids: readonly string[], context: CliContext): Promise<Changes> {
  const wanted = new Map<unknown, Set<string>>(ids.map((id) => [id, new Set([id])]));
  const touched = new Set<string>();
  let wake: () => void = () => undefined;
  let lasting: Failure | null = null;
  const touch = (changed: readonly unknown[]): void => {
    for (const id of changed) for (const affected of wanted.get(id) ?? []) touched.add(affected);
    if (touched.size > 0) wake();
  };
  sayConnection(live, context, (failure) => {
    lasting = failure;
    wake();
  });
  const { head } = await live.call('event.list', { limit: 1 });
  live.subscribe({
    topics: ['task'],
    since: head,
    onEvents: (events) => touch(events.map(({ data }) => data['task_id'])),
    onReset: () => touch(ids),
  });
  return {
    dependsOn: (task_id, dependency) => {
      const affected = wanted.get(dependency);
      if (affected === undefined) wanted.set(dependency, new Set([task_id]));
      else affected.add(task_id);
    },
    next: async (signal) => {
      while (touched.size === 0) {
        if (lasting !== null) throw lasting;
        if (signal.aborted) throw new Failure('timed_out', { what: 'The end of the work', seconds: 0 });
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      const changed = [...touched];
      touched.clear();
      return changed;
    },
  };
}

function isTerminal({ status }: TaskView): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
