import { expect, test } from 'vitest';
import { ago, amount, counted, duration, paintState, percent, stateWords } from './words.ts';
import { palette } from './terminal.ts';

test.each([
  [0, '0s'],
  [-5, '0s'],
  [59.4, '59s'],
  [60, '1m'],
  [61, '1m 1s'],
  [599, '9m 59s'],
  [600, '10m'],
  [3599, '59m'],
  [3600, '1h'],
  [3700, '1h 1m'],
  [86_399, '23h 59m'],
  [86_400, '1d'],
  [200_000, '2d'],
])('%d seconds are %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test('how long ago, also where clocks differ', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  expect(ago('2026-01-01T11:58:00Z', now)).toBe('2m ago');
  expect(ago('2026-01-01T12:00:00Z', now)).toBe('now');
  expect(ago('2026-01-01T13:00:00Z', now)).toBe('now');
  expect(ago(null, now)).toBe('–');
});

test('amounts', () => {
  expect(amount(1_234_567)).toBe('1,234,567');
  expect([counted(1, 'task'), counted(2, 'task'), counted(0, 'task')]).toEqual(['1 task', '2 tasks', '0 tasks']);
  expect(percent(0.405)).toBe('41 %');
});

test('a state is a word and a shape, with colour only on top', () => {
  expect(['idle', 'busy', 'offline', 'in_progress', 'completed'].map(stateWords)).toEqual([
    '● idle',
    '◐ busy',
    '✕ offline',
    '◐ in progress',
    '✓ completed',
  ]);
  expect(stateWords('from_the_future')).toBe('· from the future');
  expect(paintState('offline', '✕ offline', palette(false))).toBe('✕ offline');
  expect(paintState('offline', '✕ offline', palette(true))).toBe('\u001b[31m✕ offline\u001b[39m');
  expect(paintState('from_the_future', 'x', palette(true))).toBe('x');
});
