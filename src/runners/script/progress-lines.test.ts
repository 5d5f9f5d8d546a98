import { expect, test } from 'vitest';
import { createProgressReader } from './progress-lines.ts';

test('reads reports from lines that arrive in pieces', () => {
  const read = createProgressReader();
  expect(read('hello\n::prog')).toEqual([]);
  expect(read('ress 0.25 half of a half\n::progress 1\r\nrest')).toEqual([
    { progress: 0.25, message: 'half of a half' },
    { progress: 1, message: '' },
  ]);
  expect(read('\n::progress .5 open end')).toEqual([]);
  expect(read(null)).toEqual([{ progress: 0.5, message: 'open end' }]);
});

test.each([
  '::progress',
  '::progress 1.01',
  '::progress -0.5',
  '::progress NaN',
  '::progress 42 %',
  ' ::progress 0.5',
  '::progressive 0.5',
  '::progress 0.5x',
])('takes %j for plain output', (line) => {
  expect(createProgressReader()(`${line}\n`)).toEqual([]);
});

test('bounds a line without an end', () => {
  const read = createProgressReader();
  expect(read('::progress 0.5 ')).toEqual([]);
  for (let i = 0; i < 100; i += 1) expect(read('x'.repeat(1_000))).toEqual([]);
  expect(read('\n::progress 0.6 next\n')).toEqual([{ progress: 0.6, message: 'next' }]);
});

test('cleans the message', () => {
  expect(createProgressReader()('::progress 0.5 \x1b[31mred\x1b]0;t\x07\u202e\n')).toEqual([{ progress: 0.5, message: 'red' }]);
});
