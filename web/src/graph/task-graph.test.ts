/** The critical path, the part around a task, and the collapsed form. */
import { describe, expect, test } from 'vitest';
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import { around, COLLAPSED_ABOVE, criticalPath, graphOf } from './task-graph.ts';

function cardsOf(
  tasks: readonly (readonly [id: string, after: readonly string[], hours: number | null, status?: TaskCard['status']])[],
): Map<string, TaskCard> {
  return new Map(
    tasks.map(([id, dependencies, estimated_hours, status = 'pending']) => [
      id,
      { id, type: id.split('-')[0] ?? id, title: id, dependencies, estimated_hours, status, progress: 0 } as unknown as TaskCard,
    ]),
  );
}

const DIAMOND = cardsOf([
  ['a', [], 1],
  ['b', ['a'], 5],
  ['c', ['a'], 2],
  ['d', ['b', 'c'], 1],
  ['e', [], 6],
]);

describe('F1: the critical path', () => {
  test('is the longest chain of unfinished work by hours', () => {
    expect(criticalPath(DIAMOND)).toEqual({ path: ['a', 'b', 'd'], hours: 7 });
  });

  test('leaves out what is done, and takes an hour where none is known', () => {
    expect(
      criticalPath(
        cardsOf([
          ['a', [], 9, 'completed'],
          ['b', ['a'], null],
        ]),
      ),
    ).toEqual({ path: ['b'], hours: 1 });
    expect(criticalPath(new Map())).toEqual({ path: [], hours: 0 });
  });

  test('ends also where a log holds a cycle, and on a chain of ten thousand', () => {
    expect(
      criticalPath(
        cardsOf([
          ['a', ['b'], 1],
          ['b', ['a'], 1],
        ]),
      ).path.length,
    ).toBeGreaterThan(0);
    const chain = cardsOf(Array.from({ length: 10_000 }, (_, index) => [`t${index}`, index === 0 ? [] : [`t${index - 1}`], 1] as const));
    expect(criticalPath(chain).hours).toBe(10_000);
  });
});

test('around a task: what it waits for and what waits for it, near and far', () => {
  expect([...around(DIAMOND, 'b')].toSorted()).toEqual(['a', 'b', 'd']);
});

test('a graph that is too large is drawn by type', () => {
  const many = cardsOf(
    Array.from(
      { length: COLLAPSED_ABOVE + 1 },
      (_, index) =>
        [
          `${index % 2 === 0 ? 'build' : 'test'}-${index}`,
          index === 0 ? [] : [`${index % 2 === 0 ? 'test' : 'build'}-${index - 1}`],
          1,
        ] as const,
    ),
  );
  const { nodes, edges } = graphOf(many, new Set(many.keys()));
  expect(nodes.map(({ id, count }) => [id, count])).toEqual([
    ['type:build', 76],
    ['type:test', 75],
  ]);
  expect(edges).toHaveLength(2);
  expect(graphOf(DIAMOND, new Set(DIAMOND.keys())).nodes).toHaveLength(5);
});
