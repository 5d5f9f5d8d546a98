/**
 * Who has the keyboard of which terminal.
 *
 * States of a control: taken → (extended …) → released, by its holder, by its time, or because somebody took it over.
 * Invariants: a terminal has at most one control; its number is that of the event that gave it, so it is larger than every
 * one before. Bound: 1,000 controls.
 */

/** Controls at once. */
export const CONTROLS_IN_ALL = 1000;

/** Who has a keyboard. Times are ms since 1970. */
export interface TerminalControl {
  readonly session_id: string;
  readonly number: number;
  readonly by: string;
  readonly holder: string | null;
  readonly since: number;
  expires_at: number;
}

/** Session → who has the keyboard of its terminal. */
export type TerminalControls = Map<string, TerminalControl>;

/** When the next control ends by itself, or Infinity. */
export function nextControlEnd(controls: TerminalControls): number {
  let next = Infinity;
  for (const { expires_at } of controls.values()) next = Math.min(next, expires_at);
  return next;
}
