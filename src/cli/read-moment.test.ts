/** A moment as a person writes it: events, times of this machine, days, how long ago. */
import { expect, test } from 'vitest';
import { readMoment } from './read-moment.ts';

test('an event, a time with its zone and how long ago stay as they are', () => {
  for (const text of ['0', '1200', '-10m', '-1.5h', '2026-11-21T09:30:00Z', '2026-11-21T09:30+02:00'])
    expect(readMoment(text, '--at')).toBe(text);
});

test('a time without its zone is one of this machine, and a day is its beginning', () => {
  expect(readMoment('2026-11-21 09:30', '--at')).toBe(new Date(2026, 10, 21, 9, 30).toISOString());
  expect(readMoment('2026-11-21T09:30:15', '--at')).toBe(new Date(2026, 10, 21, 9, 30, 15).toISOString());
  expect(readMoment('2026-11-21', '--at')).toBe(new Date(2026, 10, 21).toISOString());
  const today = new Date();
  today.setHours(14, 5, 0, 0);
  expect(readMoment('14:05', '--at')).toBe(today.toISOString());
});

test('what is no moment is refused with the flag, and with what would be one', () => {
  for (const text of ['', 'soon', 'now', '1.5', '-1', '-10x', '2026-13-40', '25:00', '2026-11'])
    expect(() => readMoment(text, '--at')).toThrow(/^--at: .*is no (?:moment: name an event|time)/);
});
