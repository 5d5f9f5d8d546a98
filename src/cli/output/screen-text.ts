/**
 * How the screen of a session's terminal is drawn in another one: from its cells, so that nothing is obeyed but what is
 * written here. Pure. Invariant: a line never reaches beyond the columns there are.
 */
import type { StyledRun, TerminalScreen } from '../../contract/views/terminal-view.ts';
import { cleanLine } from './clean-text.ts';
import { cutTo, displayWidth } from './display-width.ts';

/** The size of the terminal that is drawn in; its last row is for a note. */
export interface ScreenPlace {
  readonly columns: number;
  readonly rows: number;
}

const CODES = { bold: 1, dim: 2, italic: 3, underline: 4, inverse: 7, strike: 9 } as const;

/** The first row that is drawn: when there is less room than rows, the end of what is written is what is looked at. */
export function firstRow({ lines, rows, cursor }: TerminalScreen, place: ScreenPlace): number {
  const room = place.rows - 1;
  const written = Math.max(
    cursor.visible ? cursor.row : 0,
    lines.findLastIndex((line) => line.length > 0),
  );
  return Math.max(0, Math.min(rows - room, written - room + 1));
}

/** Draws the rows that changed (null: all), the note below them, and puts the cursor where it is. */
export function drawScreen(screen: TerminalScreen, changed: readonly number[] | null, place: ScreenPlace, note: string): string {
  const first = firstRow(screen, place);
  const rows = changed ?? screen.lines.keys();
  const drawn = Array.from(rows).flatMap((row) => (row < first ? [] : [at(row - first + 1, 1) + lineText(screen.lines[row] ?? [], place)]));
  const wiped = changed === null ? '\u001b[0m\u001b[2J' : '';
  const below = `${at(place.rows, 1)}\u001b[0;7m${cutTo(cleanLine(note), place.columns)}\u001b[0m\u001b[K`;
  const { column, row, visible } = screen.cursor;
  const cursor = visible && row >= first ? `${at(row - first + 1, Math.min(column + 1, place.columns))}\u001b[?25h` : '\u001b[?25l';
  return `\u001b[?25l${wiped}${drawn.join('')}${below}${cursor}`;
}

function at(row: number, column: number): string {
  return `\u001b[${row};${column}H`;
}

function lineText(line: readonly StyledRun[], { columns }: ScreenPlace): string {
  let room = columns;
  let text = '';
  for (const run of line) {
    const clean = cleanLine(run.text);
    const shown = cutTo(clean, room);
    text += `\u001b[${codesOf(run)}m${shown}`;
    room -= displayWidth(shown);
    if (room <= 0 || shown !== clean) break;
  }
  return `${text}\u001b[0m\u001b[K`;
}

function codesOf({ fg, bg, style = [] }: StyledRun): string {
  const codes: (number | string)[] = [0, ...style.map((name) => CODES[name])];
  if (fg !== undefined) codes.push(colourCode(38, fg));
  if (bg !== undefined) codes.push(colourCode(48, bg));
  return codes.join(';');
}

function colourCode(base: number, colour: number | string): string {
  if (typeof colour === 'number') return `${base};5;${colour}`;
  const parts = [1, 3, 5].map((from) => Number.parseInt(colour.slice(from, from + 2), 16));
  return `${base};2;${parts.join(';')}`;
}
