/** Where tasks stand on the board, and what moves do. */
import { describe, expect, test } from 'vitest';
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import { chosenCards, columnOf, columnsOf, moveTo } from './columns.ts';

function card(change: Partial<TaskCard>): TaskCard {
  return {
    id: 'build-001',
    type: 'build',
    title: 'Draw the board',
    priority: 5,
    status: 'pending',
    progress: 0,
    assigned_to: null,
    required_capability: null,
    estimated_hours: null,
    resources: {},
    ports: {},
    concurrency: null,
    group: null,
    dependencies: [],
    labels: [],
    parent: null,
    not_before: null,
    deadline: null,
    overdue: false,
    failure_message: null,
    attempt: 0,
    max_attempts: 1,
    lease: null,
    created_at: '2026-11-21T09:00:00.000Z',
    assigned_at: null,
    started_at: null,
    completed_at: null,
    failure: null,
    waiting: { code: 'ready', text: '' },
    work: null,
    waiting_for_person: [],
    ...change,
  };
}

describe('C12: the board', () => {
  test.each([
    [{}, 'ready'],
    [{ waiting: { code: 'dependency', text: '' } }, 'blocked'],
    [{ waiting: { code: 'no_free_session', text: '' } }, 'ready'],
    [{ status: 'assigned' }, 'claimed'],
    [{ status: 'in_progress' }, 'in_progress'],
    [{ status: 'completed' }, 'done'],
    [{ status: 'completed', work: { branch: 'b', insertions: 1, deletions: 0, unreviewed: true } }, 'review'],
    [{ status: 'completed', work: { branch: 'b', insertions: 1, deletions: 0, unreviewed: false } }, 'done'],
    [{ status: 'failed' }, 'failed'],
  ] as const)('%o stands in %s', (change, column) => {
    expect(columnOf(card(change as Partial<TaskCard>))).toBe(column);
  });

  test('an open task can be cancelled, a failed one retried, and nothing else can be done by hand', () => {
    expect(moveTo(card({}), 'cancelled')).toMatchObject({ operation: 'task.cancel' });
    expect(moveTo(card({ status: 'failed' }), 'ready')).toMatchObject({ operation: 'task.retry' });
    expect(moveTo(card({ status: 'completed' }), 'cancelled')).toEqual({ refused: 'It has ended already.' });
    expect(moveTo(card({}), 'in_progress')).toHaveProperty('refused');
    expect(moveTo(card({}), 'ready')).toEqual({ refused: 'It is there already.' });
  });

  test('every word of the filter must occur', () => {
    const cards = [card({}), card({ id: 'b', title: 'Other' })];
    expect(chosenCards(cards, { q: 'draw BUILD' })).toHaveLength(1);
    expect(chosenCards(cards, { type: 'test' })).toHaveLength(0);
  });

  test('open tasks stand by priority, then age; ended ones newest first', () => {
    const columns = columnsOf([
      card({ id: 'a', priority: 1 }),
      card({ id: 'b', priority: 9 }),
      card({ id: 'c', priority: 9, created_at: '2026-11-21T08:00:00.000Z' }),
      card({ id: 'd', status: 'completed', completed_at: '2026-11-21T09:01:00.000Z' }),
      card({ id: 'e', status: 'completed', completed_at: '2026-11-21T09:02:00.000Z' }),
    ]);
    expect(columns.get('ready')?.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect(columns.get('done')?.map(({ id }) => id)).toEqual(['e', 'd']);
  });
});
