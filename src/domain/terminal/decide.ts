/**
 * The rules of keyboards: take, release. Nothing waits: who is refused is told who has it and until when.
 */
import type { Fact } from '../../contract/event.ts';
import type { ControlEnd } from '../../contract/events/terminal-events.ts';
import { NOTHING, type Rule } from '../decision.ts';
import { refusal } from '../refuse.ts';
import { CONTROLS_IN_ALL, type TerminalControl, type TerminalControls } from './state.ts';

const DEFAULT_SECONDS = 300;

/** A control whose time is over makes room, also before the health pass. */
export const takeTerminalRule: Rule<'terminal.take'> = {
  decide: ({ terminals }, { session_id, holder, seconds = DEFAULT_SECONDS, control, force }, { now, caller }) => {
    const held = terminals.get(session_id);
    const expires_at = now + seconds * 1000;
    const living = held !== undefined && held.expires_at > now;
    if (control !== undefined) {
      if (!living || held.number !== control) return notHeld(session_id, held, now);
      return [{ type: 'terminal_extended', data: { session_id, control, expires_at } }];
    }
    if (living && force !== true) {
      const until = new Date(held.expires_at).toISOString();
      return refusal('terminal_taken', { session_id, by: held.holder ?? held.by, expires_at: until });
    }
    if (held === undefined && terminals.size >= CONTROLS_IN_ALL) {
      return refusal('too_many_requests', { reason: `at most ${CONTROLS_IN_ALL} terminals can be typed into at once`, retry_after: 60 });
    }
    const ended = held === undefined ? NOTHING : [endOf(held, living ? 'taken_over' : 'expired')];
    return [...ended, { type: 'terminal_taken', data: { session_id, by: caller.actor, holder: holder ?? null, expires_at } }];
  },
};

/** Ends a control. */
export const releaseTerminalRule: Rule<'terminal.release'> = {
  decide: ({ terminals }, { session_id, control }, { now }) => {
    const held = terminals.get(session_id);
    if (held === undefined || held.number !== control) return notHeld(session_id, held, now);
    return [endOf(held, 'released')];
  },
};

/** The facts that end the controls whose time is over at `now`. */
export function expiredControls(controls: TerminalControls, now: number): Fact[] {
  const facts: Fact[] = [];
  for (const control of controls.values()) if (control.expires_at <= now) facts.push(endOf(control, 'expired'));
  return facts;
}

function endOf({ session_id, number, by }: TerminalControl, reason: ControlEnd): Fact {
  return { type: 'terminal_released', data: { session_id, control: number, by, reason } };
}

function notHeld(session_id: string, held: TerminalControl | undefined, now: number): ReturnType<typeof refusal> {
  const other = held !== undefined && held.expires_at > now;
  return refusal('terminal_not_held', {
    session_id,
    reason: other ? `${held.holder ?? held.by} has it` : 'its time is over, or it was given back',
  });
}
