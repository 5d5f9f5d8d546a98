/**
 * The difference of two texts by lines, for a person to look at: the longest common part is kept, with a little around
 * what changed.
 */

/** One line: the same in both, taken out, or put in. */
export interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

const AROUND = 2;
/** Beyond this many pairs of lines the middle is shown as replaced whole. */
const PAIRS = 4_000_000;

/** The lines that differ, with two around them. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const old = linesOf(before);
  const fresh = linesOf(after);
  const all = old.length * fresh.length > PAIRS ? replaced(old, fresh) : compared(old, fresh);
  const near = new Set(
    all.flatMap(({ sign }, index) => (sign === ' ' ? [] : Array.from({ length: 2 * AROUND + 1 }, (_, step) => index + step - AROUND))),
  );
  return all.filter((_, index) => near.has(index));
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function replaced(old: readonly string[], fresh: readonly string[]): DiffLine[] {
  return [...old.map((text) => ({ sign: '-' as const, text })), ...fresh.map((text) => ({ sign: '+' as const, text }))];
}

function compared(old: readonly string[], fresh: readonly string[]): DiffLine[] {
  const longest = old.map(() => new Uint32Array(fresh.length + 1));
  longest.push(new Uint32Array(fresh.length + 1));
  const at = (row: number, column: number): number => longest[row]?.[column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = fresh.length - 1; column >= 0; column -= 1) {
      const best = old[row] === fresh[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
      (longest[row] as Uint32Array)[column] = best;
    }
  }
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < old.length || column < fresh.length) {
    if (row < old.length && column < fresh.length && old[row] === fresh[column]) {
      lines.push({ sign: ' ', text: old[row] ?? '' });
      row += 1;
      column += 1;
    } else if (column >= fresh.length || (row < old.length && at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ sign: '-', text: old[row] ?? '' });
      row += 1;
    } else {
      lines.push({ sign: '+', text: fresh[column] ?? '' });
      column += 1;
    }
  }
  return lines;
}
