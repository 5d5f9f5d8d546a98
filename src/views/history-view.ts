/**
 * The history of a task, from its events.
 */
import type { EventOf } from '../contract/event.ts';
import type { HistoryEntry } from '../contract/views/task-view.ts';
import type { TaskEvent } from '../domain/task/story.ts';
import { isoTime, minutesOf } from './time.ts';

/** A task's events as history entries. */
export function showHistory(events: readonly TaskEvent[]): HistoryEntry[] {
  let startedAt = 0;
  return events.map((event) => {
    if (event.type === 'task_started') startedAt = event.time;
    if (event.type === 'task_assigned') startedAt = event.data.started ? event.time : 0;
    return {
      session_id: 'session_id' in event.data ? event.data.session_id : null,
      action: event.type.replace('task_', ''),
      timestamp: isoTime(event.time),
      duration: durationOf(event, startedAt),
      result: 'result' in event.data ? event.data.result : null,
      details: detailsOf(event),
      seq: event.seq,
      lease: event.type === 'task_assigned' ? event.seq : 'lease' in event.data ? event.data.lease : null,
    };
  });
}

/** The event that added a task, or null when the walk did not reach it. */
export function addedEvent(events: readonly TaskEvent[]): EventOf<'task_added'> | null {
  const [first] = events;
  return first?.type === 'task_added' ? first : null;
}

function durationOf(event: TaskEvent, startedAt: number): number | null {
  if (event.type === 'task_completed' || event.type === 'task_failed') return minutesOf(event.data.duration_ms);
  if (event.type !== 'task_released' && event.type !== 'task_parked' && event.type !== 'task_cancelled' && event.type !== 'task_suspended')
    return null;
  return startedAt === 0 ? null : minutesOf(event.time - startedAt);
}

function detailsOf(event: TaskEvent): unknown {
  switch (event.type) {
    case 'task_assigned':
      return { policy: event.data.policy, score: event.data.score, attempt: event.data.attempt };
    case 'task_progressed':
      return { progress: event.data.progress, details: event.data.details };
    case 'task_failed':
      return {
        reason: event.data.reason,
        message: event.data.message ?? null,
        retry_at: event.data.retry_at === null ? null : isoTime(event.data.retry_at),
      };
    case 'task_released':
      return { reason: event.data.reason, last_contact: event.data.last_contact === null ? null : isoTime(event.data.last_contact) };
    case 'task_parked':
      return { reason: event.data.reason, until: isoTime(event.data.until), checkpoint: event.data.checkpoint };
    case 'task_cancelled':
      return { reason: event.data.reason };
    case 'task_suspended': {
      const { wait_for, waiting_for, checkpoint } = event.data;
      return { wait_for, waiting_for, checkpoint };
    }
    case 'task_reviewed': {
      const { verdict, follow_up, comments } = event.data;
      return { verdict, follow_up, comments };
    }
    case 'task_reprioritised':
      return { priority: event.data.priority };
    case 'task_overdue':
      return { deadline: isoTime(event.data.deadline) };
    case 'task_probed':
      return { silent_seconds: Math.round(event.data.silent_ms / 1000) };
    default:
      return null;
  }
}
