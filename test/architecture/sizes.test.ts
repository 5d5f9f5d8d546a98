import { expect, test } from 'vitest';
import { MAX_LINES, MAX_MEDIAN_LINES } from './rules.ts';
import { parseRepository, PRODUCT, parseSource, type SourceFile, WEB } from './source-file.ts';

function linesOf(file: SourceFile): number {
  return file.text.trimEnd().split('\n').length;
}

function tooLong(files: readonly SourceFile[]): string[] {
  return files.filter((file) => linesOf(file) > MAX_LINES).map((file) => `${file.path} has ${linesOf(file)} lines`);
}

function medianLines(files: readonly SourceFile[]): number {
  const sorted = files.map(linesOf).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function ofLines(amount: number): SourceFile {
  return parseSource('src/a.ts', 'f();\n'.repeat(amount));
}

test('source files are short', () => {
  const sources = [...parseRepository(PRODUCT), ...parseRepository(WEB)];
  expect(tooLong(sources)).toEqual([]);
  expect(medianLines(sources)).toBeLessThanOrEqual(MAX_MEDIAN_LINES);
});

test('the measure itself: a file with one line too many, and the median of three', () => {
  expect(tooLong([ofLines(MAX_LINES), ofLines(MAX_LINES + 1)])).toEqual([`src/a.ts has ${MAX_LINES + 1} lines`]);
  expect(medianLines([ofLines(500), ofLines(1), ofLines(7)])).toBe(7);
});
