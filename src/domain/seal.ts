/**
 * Turns a fact into the next event of the log.
 */
import type { Fact, LogEvent } from '../contract/event.ts';
import type { SwarmState } from './state.ts';

/** What the envelope of an event is made of. */
export interface Envelope {
  readonly time: number;
  readonly version: number;
  readonly actor: string;
  readonly command_id: string | null;
}

/** The fact as the event that follows the state; a task's fact also gets the number of the task's event before it. */
export function seal(state: SwarmState, fact: Fact, envelope: Envelope): LogEvent {
  const { type, data } = fact;
  if ('prev' in data) (data as { prev: number }).prev = state.tasks.get(data.task_id)?.last_seq ?? 0;
  const { time, version, actor, command_id } = envelope;
  return { seq: state.seq + 1, time, type, version, actor, command_id, data } as LogEvent;
}
