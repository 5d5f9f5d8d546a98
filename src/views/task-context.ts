/**
 * What a session needs to know beside the task itself: results of its dependencies, what earlier attempts left, what
 * the knowledge base says, and what people decided about it.
 */
import type { TaskContext } from '../contract/views/task-view.ts';
import type { SwarmState } from '../domain/state.ts';
import { isTerminal, type Task } from '../domain/task/state.ts';
import { decisionsOf } from './inbox-view.ts';
import { taskStory } from '../domain/task/story.ts';
import { showHistory } from './history-view.ts';
import { knowledgeFor } from './knowledge-search.ts';
import type { LogReader } from './view-context.ts';

const DEPENDENCIES_SHOWN = 100;

/** The context of a task. Resolves once the log has been read. */
export async function taskContextOf(state: SwarmState, task: Task, log: LogReader): Promise<TaskContext> {
  const ids = task.dependencies.slice(0, DEPENDENCIES_SHOWN);
  const knowledge = knowledgeFor(state, task);
  const decisions = decisionsOf(state, task.id);
  const inMemory = new Map<string, TaskContext['dependencies'][number]>();
  for (const id of ids) {
    const dependency = state.tasks.get(id);
    if (dependency !== undefined)
      inMemory.set(id, {
        id,
        status: dependency.status,
        result: isTerminal(dependency.status) ? (dependency.ending?.result ?? null) : null,
      });
  }
  const lastSeq = task.attempt > 1 ? task.last_seq : 0;
  const missing = ids.filter((id) => !inMemory.has(id));
  const retired = missing.length === 0 ? null : await log.retired(missing);
  const dependencies = ids.map((id) => {
    const last = retired?.get(id)?.last;
    const result = last !== undefined && 'result' in last.data ? last.data.result : null;
    return inMemory.get(id) ?? { id, status: retired?.get(id)?.status ?? 'unknown', result };
  });
  const attempts = lastSeq === 0 ? [] : await earlierAttempts(log, lastSeq);
  return { dependencies, attempts, knowledge, decisions };
}

async function earlierAttempts(log: LogReader, lastSeq: number): Promise<TaskContext['attempts']> {
  const history = showHistory(await taskStory(log, lastSeq));
  return history
    .filter(({ action }) => action === 'failed' || action === 'released' || action === 'suspended' || action === 'progressed')
    .map(({ session_id, action, timestamp, details, result }) => ({ session_id, action, timestamp, details: result ?? details }));
}
