/**
 * Why a pending task is not running (F10, the first reasons).
 */
import type { WaitingReason } from '../contract/views/task-view.ts';
import { openQuestions } from '../domain/decision/state.ts';
import { freeSlots, isCapable, isMember } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';
import type { Task } from '../domain/task/state.ts';
import { isoTime } from './time.ts';

const NAMED_AT_MOST = 5;

/** The first thing that keeps a pending task from running; null when it is not pending. */
export function explainWaiting(state: SwarmState, task: Task): WaitingReason | null {
  if (task.status !== 'pending') return null;
  if (task.waiting_for > 0) return explainDependencies(state, task);
  if (task.questions > 0) return explainQuestions(state, task);
  if (task.due_at > 0) return { code: 'delayed', text: `Its next attempt begins at ${isoTime(task.due_at)}.` };
  return explainSessions(state, task);
}

function explainDependencies(state: SwarmState, task: Task): WaitingReason {
  const open: string[] = [];
  const failed: string[] = [];
  const gone: string[] = [];
  for (const id of task.dependencies) {
    const status = state.tasks.get(id)?.status;
    if (status === undefined) gone.push(id);
    else if (status === 'failed' || status === 'cancelled') failed.push(`${id} (${status})`);
    else if (status !== 'completed') open.push(`${id} (${status})`);
  }
  if (open.length + failed.length < task.waiting_for) {
    const text = `It can never run: some of these failed and have left memory: ${listed(gone)}. Cancel it and add it again without them.`;
    return { code: 'dependency_failed', text };
  }
  if (failed.length > 0 && task.options.on_dependency_failure !== 'ignore') {
    return { code: 'dependency_failed', text: `It waits until these are retried and complete: ${listed(failed)}.` };
  }
  return { code: 'dependency', text: `It waits for ${task.waiting_for} of its dependencies: ${listed(open)}.` };
}

function explainQuestions(state: SwarmState, { id }: Task): WaitingReason {
  const [first, ...others] = openQuestions(state.decisions, id);
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return {
    code: 'waiting_for_person',
    text: `A person has to answer ${first?.id ?? 'a question'}${more}: ${first?.question.slice(0, 200) ?? ''}`,
  };
}

function explainSessions(state: SwarmState, task: Task): WaitingReason {
  let capable = 0;
  let free = 0;
  for (const session of state.sessions.values()) {
    if (!isMember(session) || session.offline || !isCapable(session, task.required_capability)) continue;
    capable += 1;
    if (freeSlots(session) > 0) free += 1;
  }
  const capability = task.required_capability;
  if (capable === 0) {
    const text = capability === null ? 'No session is there.' : `No session has the capability ${capability}.`;
    return { code: 'no_capable_session', text: `${text} Register one that has it.` };
  }
  if (free === 0) return { code: 'no_free_session', text: `All ${capable} sessions that could do it are busy.` };
  return { code: 'ready', text: `It is ready; ${free} of ${capable} capable sessions have a free slot and get it when they ask.` };
}

function listed(names: readonly string[]): string {
  const rest = names.length - NAMED_AT_MOST;
  return rest > 0 ? `${names.slice(0, NAMED_AT_MOST).join(', ')} and ${rest} more` : names.join(', ');
}
