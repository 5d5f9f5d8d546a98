/**
 * Owns tables and lists of fields: aligned by display width, and no wider than the terminal.
 * Where a table is too wide, its flexible column shrinks first, then columns go in their `drop` order.
 */
import { cleanLine } from './clean-text.ts';
import { cutTo, displayWidth, fillTo } from './display-width.ts';
import type { Palette } from './terminal.ts';

/** One column. Cells are cleaned here. */
export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => string;
  /** Numbers stand right. */
  readonly right?: boolean;
  /** It may be cut when the table is too wide. */
  readonly flexible?: boolean;
  /** Order of leaving when even that does not fit, 1 first; left out: never. */
  readonly drop?: number;
  readonly paint?: (text: string, row: T, palette: Palette) => string;
}

/** What the table is drawn for. */
export interface Canvas {
  /** null: as wide as it gets. */
  readonly columns: number | null;
  readonly out: Palette;
}

const GAP = 2;
/** What a flexible column keeps while other columns can leave. */
const NARROWEST = 24;

/** The lines of a table, its head first. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[], canvas: Canvas): string[] {
  const cells = new Map(columns.map((column) => [column, rows.map((row) => cleanLine(column.cell(row)))]));
  const { shown, widths } = layout(columns, cells, canvas.columns);
  const head = line(shown.map((column) => fillTo(column.title, widths.get(column) ?? 0, column.right)));
  return [
    canvas.out.dim(head.trimEnd()),
    ...rows.map((row, index) =>
      line(
        shown.map((column, position) => {
          const width = widths.get(column) ?? 0;
          const text = cutTo(cells.get(column)?.[index] ?? '', width);
          const last = position === shown.length - 1 && column.right !== true;
          const filled = last ? text : fillTo(text, width, column.right);
          return column.paint === undefined ? filled : column.paint(filled, row, canvas.out);
        }),
      ).trimEnd(),
    ),
  ];
}

/** Lines of `name  value`, the names aligned; without a value a field is left out. Values are cleaned. */
export function fields(entries: readonly (readonly [name: string, value: string | null])[], { out }: Canvas): string[] {
  const present = entries.filter((entry): entry is readonly [string, string] => entry[1] !== null);
  const width = Math.max(0, ...present.map(([name]) => displayWidth(name)));
  return present.map(([name, value]) => `${out.dim(fillTo(name, width))}  ${cleanLine(value)}`);
}

function layout<T>(
  columns: readonly Column<T>[],
  cells: ReadonlyMap<Column<T>, readonly string[]>,
  available: number | null,
): { shown: readonly Column<T>[]; widths: Map<Column<T>, number> } {
  const natural = (column: Column<T>): number => Math.max(displayWidth(column.title), ...(cells.get(column) ?? []).map(displayWidth));
  const widths = new Map(columns.map((column) => [column, natural(column)]));
  const total = (of: readonly Column<T>[]): number => of.reduce((sum, column) => sum + (widths.get(column) ?? 0) + GAP, -GAP);
  if (available === null || total(columns) <= available) return { shown: columns, widths };
  const flexible = columns.find((column) => column.flexible === true);
  const least = flexible === undefined ? 0 : Math.min(widths.get(flexible) ?? 0, NARROWEST);
  const slack = flexible === undefined ? 0 : (widths.get(flexible) ?? 0) - least;
  let shown = columns;
  while (total(shown) - slack > available) {
    const leaving = shown.filter((column) => column.drop !== undefined).toSorted((a, b) => (a.drop ?? 0) - (b.drop ?? 0))[0];
    if (leaving === undefined) break;
    shown = shown.filter((column) => column !== leaving);
  }
  const excess = total(shown) - available;
  if (flexible !== undefined && excess > 0) widths.set(flexible, Math.max(4, (widths.get(flexible) ?? 0) - excess));
  return { shown, widths };
}

function line(cells: readonly string[]): string {
  return cells.join(' '.repeat(GAP));
}
