/**
 * Says something to an agent at its terminal by pasting it, and makes sure that it arrived: Enter is pressed only while
 * exactly these words stand in its prompt, and again while they still do, because terminals lose keys.
 *
 *     prompt empty ─▶ pasted ─▶ stands in the prompt ─▶ Enter ─▶ left the prompt: taken
 *                        └─ never seen: lost              └─ still there: Enter again, a few times
 *
 * Invariant: nothing is sent to a dialog, nor together with what somebody is typing.
 */
import { pause } from '../../client/pause.ts';
import type { Clock } from '../../contract/ports.ts';
import type { StyledLine } from '../../contract/views/terminal-view.ts';
import type { LiveTerminal } from './terminal-home.ts';

/** What became of it: `occupied` says that the prompt is not there or not empty, and nothing was done. */
export type PasteOutcome = 'taken' | 'occupied' | 'lost';

/** What a terminal puts around a paste, so that a program can tell it from typing. */
const PASTE = { begin: '\u001b[200~', end: '\u001b[201~' };
const LOOK_MS = 100;
const PATIENCE_MS = 3_000;
const PRESSES = 4;
/** The prompt of Claude Code stands between two rules. */
export const RULE = /^\s*[─━╭╰]{10}/;
const PROMPT = /^\s*[│|]?\s*[❯>](?=\s|$)/;
/** Greys in which programs write what nobody typed. */
const GREYS = { first: 232, last: 255 };

/** Pastes and submits. Rejects when the terminal ends. */
export async function pasteWords(terminal: LiveTerminal, text: string, clock: Clock, signal: AbortSignal): Promise<PasteOutcome> {
  const draft = async (): Promise<string | null> => draftIn((await terminal.show(0)).screen.lines);
  const until = async (isSo: (draft: string | null) => boolean): Promise<boolean> => {
    for (const end = clock.now() + PATIENCE_MS; clock.now() < end && !signal.aborted; await pause(clock, LOOK_MS, signal))
      if (isSo(await draft())) return true;
    return false;
  };
  const stands = (shown: string | null): boolean => shown !== null && withoutBlanks(shown) === withoutBlanks(text);
  const before = await draft();
  // What an earlier attempt left there is submitted, not pasted again.
  if (!stands(before)) {
    if (before !== '') return 'occupied';
    await terminal.type(`${PASTE.begin}${text}${PASTE.end}`);
    if (!(await until(stands))) return 'lost';
  }
  for (let presses = 0; presses < PRESSES && !signal.aborted; presses += 1) {
    await terminal.type('\r');
    if (await until((shown) => !stands(shown))) return 'taken';
  }
  return 'lost';
}

/** What stands in the prompt of a screen; null when there is no prompt, as during a dialog. */
export function draftIn(lines: readonly StyledLine[]): string | null {
  const texts = lines.map((line) => line.map(({ text }) => text).join(''));
  const row = texts.findLastIndex((text, index) => PROMPT.test(text) && RULE.test(texts[index - 1] ?? ''));
  if (row < 0) return null;
  const end = texts.findIndex((text, index) => index > row && RULE.test(text));
  if (end < 0) return null;
  const typed = lines.slice(row, end).map((line) => line.flatMap((run) => (isTyped(run) ? [run.text] : [])).join(''));
  return typed.join(' ').replace(PROMPT, '').replaceAll(/\s+/g, ' ').trim();
}

/** Suggestions stand dimmed or grey. */
function isTyped({ fg, style }: StyledLine[number]): boolean {
  const isGrey = typeof fg === 'number' && fg >= GREYS.first && fg <= GREYS.last;
  return !isGrey && style?.includes('dim') !== true;
}

function withoutBlanks(text: string): string {
  return text.replaceAll(/\s/g, '');
}
