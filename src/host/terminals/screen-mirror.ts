/**
 * Makes cells of what a terminal shows: text with colours goes into an emulator, and out come characters and styles.
 * Invariant: nothing that a terminal or a page would obey comes out: no control characters, links, titles, hidden text,
 * and none that turn the direction of writing. Bounds: the lines of a screen and TERMINAL_HISTORY above it.
 */
import xterm, { type IBufferCell, type Terminal } from '@xterm/headless';
import { type StyledLine, type StyledRun, TERMINAL_HISTORY } from '../../contract/views/terminal-view.ts';

type Style = NonNullable<StyledRun['style']>[number];

/** Line drawing as the second character set, and no wrapping: a line stays on its row, whatever it holds. */
const BEGIN = '\u001b)0\u001b[?7l';
/** Code points of one cell: a letter and what stands above it. */
const CODE_POINTS = 4;
const HOSTILE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

/** An emulator that reads one terminal again and again. */
export class ScreenMirror {
  #terminal: Terminal | null = null;

  /** The lines as cells. They may carry colours; whatever else they carry has no effect. */
  async read(lines: readonly string[], columns: number): Promise<StyledLine[]> {
    const kept = lines.slice(-TERMINAL_HISTORY);
    if (kept.length === 0) return [];
    const terminal = this.#sized(2 * columns, kept.length);
    await new Promise<void>((resolve) => terminal.write(BEGIN + kept.join('\r\n'), resolve));
    const { active } = terminal.buffer;
    return kept.map((_, row) => cellsOf(terminal, active.baseY + row));
  }

  /** Forgets everything. */
  dispose(): void {
    this.#terminal?.dispose();
    this.#terminal = null;
  }

  /** Twice the columns: a character may be wider here than it was there. */
  #sized(cols: number, rows: number): Terminal {
    if (this.#terminal === null) {
      this.#terminal = new xterm.Terminal({ cols, rows, scrollback: 0, allowProposedApi: true, logLevel: 'off' });
      return this.#terminal;
    }
    this.#terminal.reset();
    if (this.#terminal.cols !== cols || this.#terminal.rows !== rows) this.#terminal.resize(cols, rows);
    return this.#terminal;
  }
}

/** A line of an emulator as cells. */
export function cellsOf(terminal: Terminal, y: number): StyledLine {
  const line = terminal.buffer.active.getLine(y);
  const runs: { text: string; look: string; run: Omit<StyledRun, 'text'> }[] = [];
  for (let x = 0; line !== undefined && x < line.length; x += 1) {
    const cell = line.getCell(x);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const run = lookOf(cell);
    const look = JSON.stringify(run);
    const text = textOf(cell);
    const last = runs.at(-1);
    if (last?.look === look) last.text += text;
    else runs.push({ text, look, run });
  }
  const last = runs.at(-1);
  if (last?.look === '{}') last.text = last.text.trimEnd();
  return runs.filter(({ text }) => text !== '').map(({ text, run }) => ({ text, ...run }));
}

function textOf(cell: IBufferCell): string {
  const blank = ' '.repeat(cell.getWidth());
  if (cell.isInvisible() !== 0) return blank;
  const text = Array.from(cell.getChars().replace(HOSTILE, '')).slice(0, CODE_POINTS).join('');
  return text === '' ? blank : text;
}

function lookOf(cell: IBufferCell): Omit<StyledRun, 'text'> {
  const styles: [Style, number][] = [
    ['bold', cell.isBold()],
    ['dim', cell.isDim()],
    ['italic', cell.isItalic()],
    ['underline', cell.isUnderline()],
    ['inverse', cell.isInverse()],
    ['strike', cell.isStrikethrough()],
  ];
  const style = styles.filter(([, set]) => set !== 0).map(([name]) => name);
  return {
    ...(cell.isFgDefault() ? {} : { fg: cell.isFgRGB() ? rgb(cell.getFgColor()) : cell.getFgColor() }),
    ...(cell.isBgDefault() ? {} : { bg: cell.isBgRGB() ? rgb(cell.getBgColor()) : cell.getBgColor() }),
    ...(style.length === 0 ? {} : { style }),
  };
}

function rgb(colour: number): string {
  return `#${colour.toString(16).padStart(6, '0')}`;
}
