import { expect, test } from 'vitest';
import { chargeTurn, correctTurn, createTurns } from './group-turns.ts';

test('a turn is moved by what a start is expected to take, and at its end by what it took', () => {
  const turns = createTurns();
  chargeTurn(turns, 'web', 30);
  chargeTurn(turns, 'docs', 30);
  correctTurn(turns, 'docs', -29);
  expect(turns).toEqual({
    clock: 0,
    starts: new Map([
      ['web', 30],
      ['docs', 1],
    ]),
  });
  chargeTurn(turns, 'docs', 1);
  chargeTurn(turns, 'late', 5);
  expect(turns).toEqual({
    clock: 1,
    starts: new Map([
      ['web', 30],
      ['docs', 2],
      ['late', 6],
    ]),
  });
  correctTurn(turns, 'gone', 5);
  expect(turns.starts.size).toBe(3);
});

test('of groups that come and go only those that started something last are kept', () => {
  const turns = createTurns();
  for (let group = 0; group < 12_000; group += 1) chargeTurn(turns, `once-${group}`, 10);
  expect(turns.starts.size).toBe(10_000);
  expect([turns.starts.has('once-1999'), turns.starts.has('once-2000')]).toEqual([false, true]);
  chargeTurn(turns, 'once-2000', 10);
  chargeTurn(turns, 'more', 10);
  expect([turns.starts.get('once-2000'), turns.starts.has('once-2001')]).toEqual([20, false]);
});
