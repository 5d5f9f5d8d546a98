/**
 * A task's events, oldest first, found from its newest one: each names the one before it.
 */
import type { LogEvent } from '../../contract/event.ts';

/** An event of a task. */
export type TaskEvent = Extract<LogEvent, { readonly data: { readonly prev: number } }>;

const STEPS_AT_MOST = 10_000;

/** Walks from the newest event to the first, or as far as the log and 10,000 steps reach. */
export async function taskStory(log: { at(seq: number): Promise<LogEvent | null> }, lastSeq: number): Promise<TaskEvent[]> {
  const events: TaskEvent[] = [];
  for (let seq = lastSeq; seq > 0 && events.length < STEPS_AT_MOST;) {
    const event = await log.at(seq);
    if (event === null || !('prev' in event.data)) break;
    events.push(event as TaskEvent);
    seq = event.data.prev;
  }
  return events.toReversed();
}
