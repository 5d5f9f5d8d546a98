/**
 * What failed before a task that failed, or waits, because of it: a cascade has to run again from where it began.
 */
import type { SwarmState } from '../domain/state.ts';
import type { Task } from '../domain/task/state.ts';

/** Tasks that a command names at most. */
const NAMED_AT_MOST = 20;
/** Tasks of a cascade that are looked at for the explanation of one task. */
const LOOKED_AT = 10_000;

/** Ids in the order in which they have to run again, and those of them with which it began. */
interface FailedChain {
  readonly ids: readonly string[];
  readonly first: readonly string[];
}

/**
 * What has to be typed so that tasks that failed run again, with those that made them fail; `looked` bounds the walk. With
 * more of them than a command can name it names the first, and the others by why they failed.
 */
export function againCommands(state: SwarmState, tasks: readonly Task[], { verb, looked = LOOKED_AT }: Again): string {
  const { ids, first } = chainOf(state, tasks, looked);
  if (ids.length <= NAMED_AT_MOST) return `tutti task ${verb} ${ids.join(' ')}`;
  if (ids.length >= looked) return `tutti why task ${tasks[0]?.id ?? ''} says what`;
  return `tutti task ${verb} ${first.slice(0, NAMED_AT_MOST).join(' ')}, then: tutti task requeue --failed-for dependency_failed`;
}

interface Again {
  readonly verb: 'retry' | 'requeue';
  readonly looked?: number;
}

/** Walks backwards through what failed, in memory; each task comes after what it depends on. */
function chainOf(state: SwarmState, tasks: readonly Task[], looked: number): FailedChain {
  const ids: string[] = [];
  const first: string[] = [];
  const seen = new Set<string>();
  const open = tasks.map((task) => ({ task, entered: false })).toReversed();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { task, entered } = next;
    if (entered) ids.push(task.id);
    if (entered || seen.has(task.id) || seen.size >= looked) continue;
    seen.add(task.id);
    const before = task.ending?.failure === 'dependency_failed' ? failedBefore(state, task) : [];
    if (before.length === 0) first.push(task.id);
    open.push({ task, entered: true }, ...before.map((each) => ({ task: each, entered: false })).toReversed());
  }
  return { ids, first };
}

/** The dependencies of a task that failed or were cancelled and are in memory. */
export function failedBefore(state: SwarmState, { dependencies }: Task): Task[] {
  return dependencies.flatMap((id) => {
    const task = state.tasks.get(id);
    return task !== undefined && (task.status === 'failed' || task.status === 'cancelled') ? [task] : [];
  });
}
