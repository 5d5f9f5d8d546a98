/**
 * Ends the turn that an agent at its terminal is in, by the key of its program, and makes sure that it ended.
 *
 *     at work ─▶ Escape ─▶ no longer at work: interrupted
 *                   └─ still: Escape again, a few times ─▶ lost
 *
 * Invariant: the key is pressed only while the program says that it interrupts: elsewhere it means something else.
 */
import { pause } from '../../client/pause.ts';
import type { Clock } from '../../contract/ports.ts';
import type { StyledLine } from '../../contract/views/terminal-view.ts';
import { RULE } from './paste-words.ts';
import type { LiveTerminal } from './terminal-home.ts';

/** What became of it: `idle` says that it was in no turn, or asks something and waits. */
export type InterruptOutcome = 'interrupted' | 'idle' | 'lost';

const ESCAPE = '\u001b';
const LOOK_MS = 100;
const PATIENCE_MS = 3_000;
const PRESSES = 4;
/** Claude Code says so below its prompt, whichever of its renderers draws. */
const AT_WORK = /\besc to interrupt\b/;

/** Interrupts. Rejects when the terminal ends. */
export async function interruptTurn(terminal: LiveTerminal, clock: Clock, signal: AbortSignal): Promise<InterruptOutcome> {
  const works = async (): Promise<boolean> => isAtWork((await terminal.show(0)).screen.lines);
  if (!(await works())) return 'idle';
  for (let presses = 0; presses < PRESSES && !signal.aborted; presses += 1) {
    await terminal.type(ESCAPE);
    for (const end = clock.now() + PATIENCE_MS; clock.now() < end && !signal.aborted; await pause(clock, LOOK_MS, signal))
      if (!(await works())) return 'interrupted';
  }
  return 'lost';
}

/** True when the last lines of a screen say that a turn can be interrupted. */
export function isAtWork(lines: readonly StyledLine[]): boolean {
  const texts = lines.map((line) => line.map(({ text }) => text).join(''));
  return texts.slice(texts.findLastIndex((text) => RULE.test(text)) + 1).some((text) => AT_WORK.test(text));
}
