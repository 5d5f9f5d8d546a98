/**
 * The facts that a report on a held task makes: that it started, and how far it is.
 */
import type { Fact } from '../../contract/event.ts';
import type { Json } from '../../contract/ids.ts';
import { NOTHING } from '../decision.ts';
import type { Task } from './state.ts';

/** Smaller changes of progress are not worth an event. */
const PROGRESS_STEP = 0.01;

/** The fact that an assigned task starts; nothing when it runs already. */
export function startOf(task: Task): readonly Fact[] {
  if (task.lease === null || task.lease.started_at !== 0) return NOTHING;
  return [{ type: 'task_started', data: { task_id: task.id, prev: 0, lease: task.lease.number } }];
}

/** The fact that a task moved on; nothing when the report says nothing that was not known. */
export function progressOf(task: Task, progress: number | undefined, details: Json | null): readonly Fact[] {
  if (task.lease === null) return NOTHING;
  const next = progress ?? task.progress;
  const step = Math.abs(next - task.progress);
  const ends = next !== task.progress && (next === 0 || next === 1);
  if (details === null && step < PROGRESS_STEP && !ends) return NOTHING;
  return [{ type: 'task_progressed', data: { task_id: task.id, prev: 0, lease: task.lease.number, progress: next, details } }];
}
