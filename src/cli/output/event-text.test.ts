import { expect, test } from 'vitest';
import type { EventView } from '../../contract/views/event-view.ts';
import { displayWidth } from './display-width.ts';
import { eventLine, sayFields } from './event-text.ts';
import { palette } from './terminal.ts';

const canvas = { columns: null, out: palette(false) };

function event(type: string, data: Record<string, unknown>, actor = 'tutti'): EventView {
  return { seq: 7, time: '2026-01-01T12:00:00.000Z', type, version: 1, actor, command_id: null, data };
}

test('who and what come first, then what matters to a person', () => {
  const data = { task_id: 'build-1', session_id: 'w1', lease: 7, policy: 'greedy', score: 0.5, attempt: 2, prev: 3, started: false };
  expect(eventLine(event('task_assigned', data), canvas)).toMatch(
    /^\d\d:\d\d:\d\d {2}#7 {6}task_assigned {7}build-1 → w1 {2}attempt 2 · lease 7 · by greedy$/,
  );
});

test('who did it is said unless it was Tutti or the session itself', () => {
  expect(eventLine(event('task_cancelled', { task_id: 't', reason: 'wrong' }, 'role:operator'), canvas)).toMatch(
    /t {2}wrong · by role:operator$/,
  );
  expect(eventLine(event('session_reported', { session_id: 'w1', status: 'idle' }, 'session:w1'), canvas)).toMatch(/w1 {2}status=idle$/);
});

test('a line is no wider than the terminal, and hostile text cannot leave it', () => {
  const line = eventLine(event('task_added', { task_id: 't', title: `\u001b[2J説明\n${'x'.repeat(300)}` }), { ...canvas, columns: 80 });
  expect(displayWidth(line)).toBeLessThanOrEqual(80);
  expect(line).toContain('“説明 xxx');
});

test('unknown fields of newer servers are said as they are', () => {
  // Results are an agent's own words: a name that every object has is one like any other.
  expect(sayFields({ constructor: 'x', toString: 'y' })).toBe('constructor=x · toString=y');
  expect(sayFields({ novelty: { deep: 1 }, list: ['a', 'b'], none: null, empty: [] })).toBe('novelty={"deep":1} · list=a, b');
});

test.each(['last_contact', 'retry_at', 'expires_at'])('%s is said the same as ms since 1970 and as ISO 8601', (field) => {
  const time = '2026-11-21T16:58:00.000Z';
  const said = sayFields({ [field]: time });
  expect(said).toMatch(/\d\d:\d\d/);
  expect(sayFields({ [field]: Date.parse(time) })).toBe(said);
  expect(sayFields({ [field]: 'soon' })).toContain('soon');
});
