/**
 * The facts of changes that people make to one task or to many at once: cancel, retry, reprioritise. All of one call are
 * decided together, so that what one of them lets follow is known to the others.
 */
import type { Fact } from '../../contract/event.ts';
import type { RetiredRecord } from '../decision.ts';
import type { SwarmState } from '../state.ts';
import { type Recalled, recallFact } from './recall.ts';
import { cascadeFrom } from './failure.ts';
import { isTerminal, type Task } from './state.ts';

/** Cancels unfinished tasks with their unfinished parts; what cascades from them fails. */
export function cancelTasks(state: SwarmState, tasks: readonly Task[], reason: string): Fact[] {
  const ending = new Map<string, Task>();
  const open = [...tasks];
  for (let task = open.shift(); task !== undefined; task = open.shift()) {
    if (isTerminal(task.status) || ending.has(task.id)) continue;
    ending.set(task.id, task);
    for (const id of state.parts.get(task.id) ?? []) {
      const part = state.tasks.get(id);
      if (part !== undefined) open.push(part);
    }
  }
  const failing = new Set(ending.keys());
  const asked = new Set(tasks);
  return [...ending.values()].flatMap((task) => [
    cancelled(task, asked.has(task) ? reason : `its parent ${task.options.parent ?? ''} was cancelled: ${reason}`.slice(0, 2000)),
    ...cascadeFrom(state, task, failing),
  ]);
}

/** Puts ended tasks back into the queue, also those that had left memory: those first that others of them depend on. */
export function retryTasks(
  state: SwarmState,
  tasks: readonly Task[],
  recalled: readonly Recalled[],
  retired: ReadonlyMap<string, RetiredRecord>,
): Fact[] {
  const chosen = new Map<string, Again>([...tasks.map(againInMemory), ...recalled.map(againRecalled)].map((each) => [each.id, each]));
  const ordered = new Set<Again>();
  for (const each of chosen.values()) orderAfter(each, chosen, ordered);
  return [...ordered].map(({ dependencies, ignores, fact }) => {
    const waiting = dependencies.filter((id) => {
      if (chosen.has(id)) return true;
      const status = state.tasks.get(id)?.status ?? retired.get(id)?.status ?? 'completed';
      return !(status === 'completed' || (ignores && isTerminal(status)));
    });
    return fact(waiting.length);
  });
}

/** A task that is to run again. */
interface Again {
  readonly id: string;
  readonly dependencies: readonly string[];
  readonly ignores: boolean;
  readonly fact: (waiting_for: number) => Fact;
}

function againInMemory({ id, dependencies, options }: Task): Again {
  const ignores = options.on_dependency_failure === 'ignore';
  return { id, dependencies, ignores, fact: (waiting_for) => ({ type: 'task_retried', data: { task_id: id, prev: 0, waiting_for } }) };
}

function againRecalled(recalled: Recalled): Again {
  const { task_id, dependencies = [], options } = recalled;
  const ignores = options?.on_dependency_failure === 'ignore';
  return { id: task_id, dependencies, ignores, fact: (waiting_for) => recallFact(recalled, waiting_for) };
}

/** Changes the priority of unfinished tasks that have another one. */
export function reprioritiseTasks(tasks: readonly Task[], priority: number): Fact[] {
  return tasks
    .filter((task) => !isTerminal(task.status) && task.priority !== priority)
    .map(({ id }) => ({ type: 'task_reprioritised', data: { task_id: id, prev: 0, priority } }));
}

function cancelled({ id, lease }: Task, reason: string): Fact {
  const held = { lease: lease?.number ?? null, session_id: lease?.session_id ?? null };
  return { type: 'task_cancelled', data: { task_id: id, prev: 0, ...held, reason } };
}

/** Adds a task after those of the chosen ones that it depends on. Dependencies have no cycle. */
function orderAfter(first: Again, chosen: ReadonlyMap<string, Again>, ordered: Set<Again>): void {
  const stack: { readonly task: Again; next: number }[] = [{ task: first, next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const dependency = top.task.dependencies[top.next];
    top.next += 1;
    if (dependency === undefined) {
      ordered.add(top.task);
      stack.pop();
      continue;
    }
    const task = chosen.get(dependency);
    if (task !== undefined && !ordered.has(task)) stack.push({ task, next: 0 });
  }
}
