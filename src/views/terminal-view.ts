/**
 * Who has the keyboard of a terminal, as it is shown.
 */
import type { OutputOf } from '../contract/operations.ts';
import type { LogEvent } from '../contract/event.ts';
import type { SwarmState } from '../domain/state.ts';
import { isoTime } from './time.ts';

type ShownControl = OutputOf<'terminal.list'>['terminals'][number]['control'];

/** Who has it at `now`, or null. */
export function showControl({ terminals }: SwarmState, session_id: string, now: number): ShownControl {
  const held = terminals.get(session_id);
  if (held === undefined || held.expires_at <= now) return null;
  return { by: held.by, holder: held.holder, since: isoTime(held.since), expires_at: isoTime(held.expires_at) };
}

/** True when the keyboard is held under this number at `now`. */
export function holdsControl({ terminals }: SwarmState, session_id: string, control: number, now: number): boolean {
  const held = terminals.get(session_id);
  return held !== undefined && held.number === control && held.expires_at > now;
}

/** The answer to who took it. */
export function answerTake(session_id: string, events: readonly LogEvent[]): OutputOf<'terminal.take'> {
  for (const { seq, type, data } of events) {
    if (type === 'terminal_taken') return { session_id, control: seq, expires_at: isoTime(data.expires_at) };
    if (type === 'terminal_extended') return { session_id, control: data.control, expires_at: isoTime(data.expires_at) };
  }
  return { session_id, control: 0, expires_at: isoTime(0) };
}
