/** Times as they are shown. */
import { assert as holds, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { isoTime, isoTimeOrNull, minutesOf } from './time.ts';

test('a time is shown exactly as Date.toISOString shows it', () => {
  holds(
    property(integer({ min: 0, max: 8_000_000_000_000 }), (ms) => {
      expect(isoTime(ms)).toBe(new Date(ms).toISOString());
    }),
  );
  for (const ms of [0, 1, 86_399_999, 86_400_000, 951_782_399_999, 951_782_400_000]) expect(isoTime(ms)).toBe(new Date(ms).toISOString());
});

test('zero means not yet', () => {
  expect(isoTimeOrNull(0)).toBeNull();
  expect(isoTimeOrNull(1000)).toBe('1970-01-01T00:00:01.000Z');
});

test('minutes are rounded to the thousandth', () => {
  expect([minutesOf(0), minutesOf(30_000), minutesOf(100)]).toEqual([0, 0.5, 0.002]);
});
