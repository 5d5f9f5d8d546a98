/**
 * What the events of keyboards do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import type { SwarmState } from '../state.ts';

/** Somebody has the keyboard. */
export function onTerminalTaken({ terminals }: SwarmState, { seq, time, data }: EventOf<'terminal_taken'>): void {
  terminals.set(data.session_id, { ...data, number: seq, since: time });
}

/** They keep it for longer. */
export function onTerminalExtended({ terminals }: SwarmState, { data }: EventOf<'terminal_extended'>): void {
  const held = terminals.get(data.session_id);
  if (held !== undefined) held.expires_at = data.expires_at;
}

/** They have it no more. */
export function onTerminalReleased({ terminals }: SwarmState, { data }: EventOf<'terminal_released'>): void {
  if (terminals.get(data.session_id)?.number === data.control) terminals.delete(data.session_id);
}
