/**
 * Rows of the board: cells of fixed widths and one that takes what is left, cut and filled before they are painted.
 */
import { cutTo, displayWidth, fillTo } from '../cli/output/display-width.ts';
import type { Paint, Palette } from '../cli/output/terminal.ts';

/** One cell. */
export interface Cell {
  readonly text: string;
  /** Columns; null: what the others leave. */
  readonly width: number | null;
  readonly paint: Paint;
  readonly right: boolean;
}

const GAP = 2;
const plain: Paint = (text) => text;

/** Makes a cell; its text must be clean. */
export function cell(text: string, width: number | null, paint: Paint = plain, right = false): Cell {
  return { text, width, paint, right };
}

/** A line of cells. The flexible one fills up to `width`; `trim` leaves out blanks at the end. */
export function row(cells: readonly Cell[], trim = true, width = 0): string {
  const fixed = cells.reduce((sum, each) => sum + (each.width ?? 0) + GAP, -GAP);
  const painted = cells.map(({ text, width: own, paint, right }, index) => {
    const room = own ?? Math.max(0, width - fixed);
    const cut = cutTo(text, room);
    const blank = ' '.repeat(Math.max(0, room - displayWidth(cut)));
    const isLast = index === cells.length - 1;
    if (right) return blank + paint(cut);
    return paint(cut) + (isLast && trim ? '' : blank);
  });
  const line = painted.join(' '.repeat(GAP));
  return trim ? line.trimEnd() : line;
}

/** A heading with what it is about, and a line to the right edge. */
export function headLine(name: string, about: string, width: number, out: Palette): string {
  const said = about === '' ? name : `${name}  ${about}`;
  const rule = '─'.repeat(Math.max(0, width - displayWidth(said) - 1));
  return `${out.bold(name)}${about === '' ? '' : `  ${out.dim(fillTo(about, 0))}`} ${out.dim(rule)}`;
}
