/**
 * Turns a fact into the next event of the log.
 */
import type { Fact, LogEvent } from '../contract/event.ts';
import type { SwarmState } from './state.ts';

/** When and by whom. */
export interface EventOrigin {
  readonly time: number;
  readonly actor: string;
  readonly command_id: string | null;
}

/** The fact as the event that follows the state; a task's fact also gets the number of the task's event before it, if it is in memory. */
export function seal(state: SwarmState, fact: Fact, version: number, origin: EventOrigin): LogEvent {
  const { type, data } = fact;
  if ('prev' in data) (data as { prev: number }).prev = state.tasks.get(data.task_id)?.last_seq ?? data.prev;
  const { time, actor, command_id } = origin;
  return { seq: state.seq + 1, time, type, version, actor, command_id, data } as LogEvent;
}
