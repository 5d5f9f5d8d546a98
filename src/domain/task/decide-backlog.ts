/**
 * The rules for people who tend the backlog: cancel and retry.
 */
import type { Rule } from '../decision.ts';
import { refuseAsks } from '../resource/decide.ts';
import { refusal } from '../refuse.ts';
import { cascadeFrom } from './failure.ts';
import { isTerminal } from './state.ts';

/** Ends a task before it ends by itself. */
export const cancelRule: Rule<'task.cancel'> = {
  names: (state, input) => (state.tasks.has(input.task_id) ? [] : [input.task_id]),
  decide: (state, input, context) => {
    const task = state.tasks.get(input.task_id);
    const status = task?.status ?? context.retired.get(input.task_id)?.status;
    if (status === undefined) return refusal('task_unknown', { task_id: input.task_id });
    if (status === 'cancelled') return [];
    if (task === undefined || isTerminal(status)) return refusal('task_terminal', { task_id: input.task_id, status });
    const { lease } = task;
    return [
      {
        type: 'task_cancelled',
        data: {
          task_id: task.id,
          prev: 0,
          lease: lease?.number ?? null,
          session_id: lease?.session_id ?? null,
          reason: input.reason ?? 'cancelled',
        },
      },
      ...cascadeFrom(state, task),
    ];
  },
};

/** Puts a failed or cancelled task back into the queue. */
export const retryRule: Rule<'task.retry'> = {
  names: (state, input) => {
    const task = state.tasks.get(input.task_id);
    return task === undefined ? [input.task_id] : task.dependencies.filter((id) => !state.tasks.has(id));
  },
  decide: (state, input, context) => {
    const task = state.tasks.get(input.task_id);
    if (task === undefined) {
      const retired = context.retired.get(input.task_id);
      return retired === undefined
        ? refusal('task_unknown', { task_id: input.task_id })
        : refusal('task_retired', { task_id: input.task_id, status: retired.status });
    }
    if (task.status === 'completed') return refusal('task_terminal', { task_id: task.id, status: task.status });
    if (!isTerminal(task.status)) return refusal('task_not_terminal', { task_id: task.id, status: task.status });
    const no = task.asks === null ? null : refuseAsks(state, task.asks);
    if (no !== null) return no;
    const ignores = task.options.on_dependency_failure === 'ignore';
    const waiting = task.dependencies.filter((id) => {
      const status = state.tasks.get(id)?.status ?? context.retired.get(id)?.status ?? 'completed';
      return !(status === 'completed' || (ignores && isTerminal(status)));
    });
    return [{ type: 'task_retried', data: { task_id: task.id, prev: 0, waiting_for: waiting.length } }];
  },
};
