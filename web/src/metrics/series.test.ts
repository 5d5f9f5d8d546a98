/** The figures of the charts, against a recount by hand. */
import { expect, test } from 'vitest';
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import { chartCsv, chartsOf, percentile } from './series.ts';

const NOW = Date.parse('2026-11-21T10:00:30.000Z');

function ended(at: string, minutes: number, change: Partial<TaskCard> = {}): TaskCard {
  const end = Date.parse(`2026-11-21T${at}Z`);
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    status: 'completed',
    completed_at: iso(end),
    started_at: iso(end - minutes * 60_000),
    assigned_at: iso(end - minutes * 60_000),
    created_at: iso(end - 2 * minutes * 60_000),
    attempt: 1,
    ...change,
  } as TaskCard;
}

test('A18: tasks are counted in the minute they ended, cancelled and older ones not', () => {
  const cards = [
    ended('09:59:10', 1),
    ended('09:59:50', 3),
    ended('10:00:10', 2, { status: 'failed', attempt: 2 }),
    ended('08:00:00', 1),
    ended('09:59:00', 1, { status: 'cancelled' }),
  ];
  const [counts, cycle, wait, rework] = chartsOf(cards, NOW, 1);
  expect(counts?.series.map(({ values }) => values.slice(-2))).toEqual([
    [2, 0],
    [0, 1],
  ]);
  expect(counts?.measured).toBe(3);
  expect(cycle?.series.map(({ values }) => values.at(-2))).toEqual([1, 3]);
  expect(wait?.series[0]?.values.at(-2)).toBe(1);
  expect(rework?.series[0]?.values.slice(-3)).toEqual([null, 0, 100]);
});

test('C12: utilisation by role is the time its sessions held tasks, by the sessions there are; those who left do not count', () => {
  const roles = new Map([
    ['eng-1', 'builder'],
    ['eng-2', 'builder'],
  ]);
  const cards = [
    ended('09:59:00', 2, { assigned_to: 'eng-1' }),
    ended('09:58:30', 0.5, { assigned_to: 'eng-2' }),
    ended('09:59:00', 2, { assigned_to: 'gone' }),
  ];
  const use = chartsOf(cards, NOW, 1, roles).at(-1);
  expect([use?.measured, use?.series.map(({ name }) => name)]).toEqual([2, ['builder']]);
  expect(use?.series[0]?.values.slice(-4)).toEqual([50, 75, 0, 0]);
});

test('percentiles are nearest-rank', () => {
  expect([percentile([4, 1, 3, 2], 50), percentile([4, 1, 3, 2], 95), percentile([], 50)]).toEqual([2, 4, null]);
});

test('a chart as CSV has a line per time', () => {
  const [counts] = chartsOf([ended('09:59:10', 1)], NOW, 1);
  const lines = counts === undefined ? [] : chartCsv(counts).split('\r\n');
  expect([lines.length, lines[0], lines.at(-2)]).toEqual([61, 'time,completed,failed', '2026-11-21T09:59:00.000Z,1,0']);
});
