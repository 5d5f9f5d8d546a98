import { describe, expect, test } from 'vitest';
import { displayWidth } from './display-width.ts';
import { type Column, fields, table } from './table.ts';
import { palette } from './terminal.ts';

interface Row {
  readonly name: string;
  readonly count: number;
  readonly text: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'COUNT', cell: ({ count }) => String(count), right: true, drop: 1 },
  { title: 'TEXT', cell: ({ text }) => text, flexible: true },
];
const ROWS: readonly Row[] = [
  { name: 'a', count: 7, text: 'short' },
  { name: '説明', count: 12345, text: 'a text that is much longer than the others' },
];
const plain = palette(false);

test('columns are aligned by what they take on the screen', () => {
  expect(table(ROWS, COLUMNS, { columns: null, out: plain })).toEqual([
    'NAME  COUNT  TEXT',
    'a         7  short',
    '説明  12345  a text that is much longer than the others',
  ]);
});

describe('a table is no wider than the terminal', () => {
  test('the flexible column shrinks first', () => {
    expect(table(ROWS, COLUMNS, { columns: 40, out: plain })).toEqual([
      'NAME  COUNT  TEXT',
      'a         7  short',
      '説明  12345  a text that is much longer…',
    ]);
  });

  test('then columns leave', () => {
    expect(table(ROWS, COLUMNS, { columns: 20, out: plain })).toEqual(['NAME  TEXT', 'a     short', '説明  a text that i…']);
  });

  test.each([120, 80, 60, 40, 24, 20])('at %i columns', (columns) => {
    for (const line of table(ROWS, COLUMNS, { columns, out: plain })) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
  });
});

test('cells are one clean line each', () => {
  const [, line] = table([{ name: 'a\nb', count: 1, text: '\u001b[2Jx' }], COLUMNS, { columns: null, out: plain });
  expect(line).toBe('a b       1  x');
});

test('colour does not move columns', () => {
  const coloured = table(ROWS, [{ ...(COLUMNS[0] as Column<Row>), paint: (text, _row, { red }) => red(text) }, ...COLUMNS.slice(1)], {
    columns: null,
    out: palette(true),
  });
  expect(coloured[1]).toBe('\u001b[31ma   \u001b[39m      7  short');
});

test('fields without a value are left out, the others aligned', () => {
  const lines = fields(
    [
      ['a', 'one'],
      ['long name', null],
      ['bc', 'two\nlines'],
    ],
    { columns: null, out: plain },
  );
  expect(lines).toEqual(['a   one', 'bc  two lines']);
});
