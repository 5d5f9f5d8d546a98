/**
 * Events as they leave Tutti.
 */
import type { LogEvent } from '../contract/event.ts';
import type { EventView } from '../contract/views/event-view.ts';
import { isoTime } from './time.ts';

/** An event as it leaves Tutti. */
export function showEvent(event: LogEvent): EventView {
  const { seq, time, type, version, actor, command_id, data } = event;
  return { seq, time: isoTime(time), type, version, actor, command_id, data };
}
