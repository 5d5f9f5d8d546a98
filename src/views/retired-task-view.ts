/**
 * A task that has left memory, shown from the log alone.
 */
import type { TaskView } from '../contract/views/task-view.ts';
import type { TaskStatus } from '../contract/ids.ts';
import { DEFAULT_OPTIONS } from '../domain/task/state.ts';
import type { TaskEvent } from '../domain/task/story.ts';
import { addedEvent } from './history-view.ts';
import { isoTime, isoTimeOrNull } from './time.ts';

/** The task as its events left it, or null when the log does not reach back to its beginning. */
export function showRetiredTask(events: readonly TaskEvent[], status: TaskStatus): TaskView | null {
  const added = addedEvent(events);
  const last = events[events.length - 1];
  if (added === null || last === undefined) return null;
  const lease = 'lease' in last.data ? last.data.lease : null;
  const newest = events.findLast((event) => event.type === 'task_assigned');
  const assigned = newest?.seq === lease ? newest : undefined;
  const started =
    assigned?.data.started === true ? assigned : events.find((event) => event.type === 'task_started' && event.data.lease === lease);
  // A copy that completed it had no lease of its own: the end names who did it, and how long that took.
  const byCopy = last.type === 'task_completed' && last.data.copy_id !== undefined ? last : undefined;
  const startedAt = byCopy === undefined ? started?.time : byCopy.time - byCopy.data.duration_ms;
  const { data } = added;
  return {
    id: data.task_id,
    type: data.type,
    title: data.title,
    spec: data.spec,
    priority: data.priority,
    status,
    progress: status === 'completed' ? 1 : 0,
    assigned_to: (byCopy ?? assigned)?.data.session_id ?? null,
    required_capability: data.required_capability,
    estimated_hours: data.estimated_hours ?? null,
    resources: { ...data.resources },
    ports: {},
    concurrency: data.concurrency ?? null,
    group: data.group ?? null,
    dependencies: [...(data.dependencies ?? [])],
    on_dependency_failure: data.options?.on_dependency_failure ?? DEFAULT_OPTIONS.on_dependency_failure,
    labels: [...(data.options?.labels ?? [])],
    parent: data.options?.parent ?? null,
    not_before: null,
    deadline: isoTimeOrNull(data.options?.deadline ?? 0),
    overdue: events.some((event) => event.type === 'task_overdue'),
    attempt: newest?.data.attempt ?? 0,
    max_attempts: data.options?.max_attempts ?? DEFAULT_OPTIONS.max_attempts,
    lease: null,
    created_at: isoTime(added.time),
    assigned_at: assigned === undefined ? null : isoTime(assigned.time),
    started_at: startedAt === undefined ? null : isoTime(startedAt),
    completed_at: isoTime(last.time),
    result: 'result' in last.data ? last.data.result : null,
    failure: last.type === 'task_failed' || last.type === 'task_cancelled' ? last.data.reason : null,
    waiting_for_person: [],
    failure_message: last.type === 'task_failed' ? (last.data.message ?? null) : null,
    waiting: null,
  };
}
