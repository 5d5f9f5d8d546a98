/**
 * Tasks and assignments as they are shown.
 */
import type { AssignmentView, TaskView } from '../contract/views/task-view.ts';
import { openQuestions } from '../domain/decision/state.ts';
import type { SwarmState } from '../domain/state.ts';
import type { Lease, Task } from '../domain/task/state.ts';
import { firstReason } from './waiting-reasons.ts';
import { isoTime, isoTimeOrNull } from './time.ts';

/** A task as it is shown. */
export function showTask(state: SwarmState, task: Task): TaskView {
  const { lease, ending } = task;
  const ended = task.status === 'completed' || task.status === 'failed' || task.status === 'cancelled';
  return {
    id: task.id,
    type: task.type,
    title: task.title,
    spec: task.spec,
    priority: task.priority,
    status: task.status,
    progress: task.progress,
    assigned_to: lease?.session_id ?? (ended ? (ending?.session_id ?? null) : null),
    required_capability: task.required_capability,
    estimated_hours: task.estimated_hours,
    resources: { ...task.asks?.resources },
    ports: task.ports === null ? {} : Object.fromEntries(Object.entries(task.ports).map(([name, numbers]) => [name, [...numbers]])),
    concurrency: task.asks?.concurrency ?? null,
    group: task.group,
    dependencies: [...task.dependencies],
    on_dependency_failure: task.options.on_dependency_failure,
    labels: [...task.options.labels],
    parent: task.options.parent,
    not_before: isoTimeOrNull(task.due_at),
    deadline: isoTimeOrNull(task.options.deadline),
    overdue: task.overdue,
    attempt: task.attempt,
    max_attempts: task.options.max_attempts,
    lease: lease?.number ?? null,
    created_at: isoTime(task.created_at),
    assigned_at: isoTimeOrNull(lease?.assigned_at ?? (ended ? (ending?.assigned_at ?? 0) : 0)),
    started_at: isoTimeOrNull(lease?.started_at ?? (ended ? (ending?.started_at ?? 0) : 0)),
    completed_at: ended ? isoTimeOrNull(ending?.time ?? 0) : null,
    result: ended ? (ending?.result ?? null) : null,
    failure: ending?.failure ?? null,
    waiting_for_person: task.questions === 0 ? [] : openQuestions(state.decisions, task.id).map(({ id }) => id),
    failure_message: ending?.message ?? null,
    waiting: firstReason(state, task),
  };
}

/** A task with the lease it is held under. */
export function showAssignment(state: SwarmState, task: Task, lease: Lease): AssignmentView {
  return {
    session_id: lease.session_id,
    task_id: task.id,
    task: showTask(state, task),
    score: lease.score,
    reason: `${lease.policy}: score ${lease.score.toFixed(2)}`,
    lease: lease.number,
  };
}

/** The first task that was given to a session and that it has not started, other than `known`. */
export function outstandingAssignment(state: SwarmState, sessionId: string, known?: string | null): AssignmentView | null {
  for (const id of state.sessions.get(sessionId)?.held ?? []) {
    const task = state.tasks.get(id);
    const lease = task?.lease ?? null;
    if (task !== undefined && lease !== null && lease.started_at === 0 && id !== known) return showAssignment(state, task, lease);
  }
  return null;
}
