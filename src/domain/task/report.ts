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

/** What a report says. */
interface Report {
  readonly progress: number | undefined;
  readonly details: Json | null;
  /** true: sent on purpose, so that it answers a probe even if nothing moved. A heartbeat goes on when its work hangs. */
  readonly deliberate: boolean;
}

/** The fact that a task moved on, or lives; nothing when the report says nothing that was not known. */
export function progressOf(task: Task, { progress, details, deliberate }: Report): readonly Fact[] {
  if (task.lease === null) return NOTHING;
  const next = progress ?? task.progress;
  const step = Math.abs(next - task.progress);
  const ends = next !== task.progress && (next === 0 || next === 1);
  const answersProbe = deliberate && task.lease.probed_at !== 0;
  if (details === null && step < PROGRESS_STEP && !ends && !answersProbe) return NOTHING;
  return [{ type: 'task_progressed', data: { task_id: task.id, prev: 0, lease: task.lease.number, progress: next, details } }];
}
