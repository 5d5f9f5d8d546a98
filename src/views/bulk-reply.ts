/**
 * What a change of many tasks answers: each for itself. What changed is read from the events; why another did not, from the
 * state after them, which is as it was for that one.
 */
import { messageOf, type Refusal } from '../contract/failure.ts';
import type { Fact, LogEvent } from '../contract/event.ts';
import type { InputOf } from '../contract/operations.ts';
import type { TaskStatus } from '../contract/ids.ts';
import type { BulkOutcome } from '../contract/operations/task-operations.ts';
import type { Task } from '../domain/task/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { NO_RETIRED } from '../domain/decision.ts';
import { cancelTasks, reprioritiseTasks, retryTasks } from '../domain/task/change-tasks.ts';
import type { Chosen, Choosing } from '../domain/task/choose-tasks.ts';
import {
  canRetry,
  chosenToEnd,
  chosenToReprioritise,
  chosenToRetry,
  whyNotCancel,
  whyNotReprioritise,
  whyNotRetry,
} from '../domain/task/decide-backlog.ts';
import type { LogReader } from './view-context.ts';

type BulkName = 'task.cancel_many' | 'task.retry_many' | 'task.reprioritise_many';

/** One kind of change. */
interface Change<N extends BulkName> {
  readonly events: readonly LogEvent['type'][];
  readonly choose: (state: SwarmState, input: InputOf<N>) => Chosen;
  /** What would be recorded, for a dry run. */
  readonly facts: (state: SwarmState, tasks: readonly Task[], input: InputOf<N>) => readonly Fact[];
  /** Why a task cannot be changed; `retired` is its status when it has left memory. */
  readonly whyNot: (state: SwarmState, id: string, task: Task | undefined, retired: string | undefined) => Refusal | null;
}

const CHANGES: { readonly [N in BulkName]: Change<N> } = {
  'task.cancel_many': {
    events: ['task_cancelled'],
    choose: chosenToEnd,
    facts: (state, tasks) => cancelTasks(state, tasks, ''),
    whyNot: (_state, id, task, retired) => whyNotCancel(id, task?.status ?? retired),
  },
  'task.retry_many': {
    events: ['task_retried', 'task_recalled'],
    choose: chosenToRetry,
    facts: (state, tasks) =>
      retryTasks(
        state,
        tasks.filter((task) => canRetry(state, task)),
        [],
        NO_RETIRED,
      ),
    whyNot: (state, id, task, retired) => whyNotRetry(state, id, { task, retired }),
  },
  'task.reprioritise_many': {
    events: ['task_reprioritised'],
    choose: chosenToReprioritise,
    facts: (_state, tasks, input) => reprioritiseTasks(tasks, input.priority),
    whyNot: (_state, id, task, retired) => whyNotReprioritise(id, task?.status ?? retired),
  },
};

/** The answer. Resolves once it is known which of the named tasks left memory. */
export async function answerBulk<N extends BulkName>(
  name: N,
  state: SwarmState,
  input: InputOf<N>,
  { events, log }: { readonly events: readonly LogEvent[]; readonly log: LogReader },
): Promise<BulkOutcome> {
  const change = CHANGES[name];
  const { task_ids, filter, dry_run = false }: Choosing & { readonly dry_run?: boolean | undefined } = input;
  const left = change.choose(state, input);
  const said = dry_run ? change.facts(state, left.tasks, input) : events;
  // Read now: the state moves on while the log is asked.
  const changed = said.flatMap(({ type, data }) =>
    change.events.includes(type) && 'task_id' in data && data.task_id !== null ? [data.task_id] : [],
  );
  const isChanged = new Set(changed);
  const ids = new Set([...(task_ids ?? []), ...changed]);
  const tasks = new Map([...ids].map((id) => [id, state.tasks.get(id)?.status]));
  const why = new Map([...ids].map((id) => [id, change.whyNot(state, id, state.tasks.get(id), undefined)]));
  const gone = [...ids].filter((id) => tasks.get(id) === undefined);
  const retired = gone.length === 0 ? null : await log.retired(gone);
  for (const id of gone) {
    const no = change.whyNot(state, id, undefined, retired?.get(id)?.status);
    why.set(id, no);
    if (dry_run && no === null && change.events.includes('task_recalled')) isChanged.add(id);
  }
  const results = [...ids].map((id) => {
    const status = tasks.get(id) ?? ((retired?.get(id)?.status ?? null) as TaskStatus | null);
    return resultOf(id, status, isChanged.has(id) ? 'changed' : (why.get(id) ?? null));
  });
  return { changed: isChanged.size, more: filter !== undefined && (dry_run ? left.more : left.tasks.length > 0), results };
}

/** `what`: it was changed, why it was not, or null when it was so already. */
function resultOf(task_id: string, status: TaskStatus | null, what: 'changed' | Refusal | null): BulkOutcome['results'][number] {
  if (what === null || what === 'changed') return { task_id, ok: true, changed: what === 'changed', status, code: null, message: null };
  return { task_id, ok: false, changed: false, status, code: what.refused, message: messageOf(what.refused, what.params) };
}
