import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { chargeTurn, createTurns } from './group-turns.ts';

test('what is forgotten would not have counted: turns are as if all were kept', () => {
  const start = fc.record({ group: fc.integer({ min: 0, max: 6 }), time: fc.constantFrom(0, 1, 2, 5, 40) });
  fc.assert(
    fc.property(fc.array(start, { maxLength: 120 }), (starts) => {
      const turns = createTurns();
      const all = new Map<string, number>();
      let clock = 0;
      for (const { group, time } of starts) {
        const name = `g${group}`;
        clock = Math.max(clock, all.get(name) ?? 0);
        all.set(name, clock + time);
        chargeTurn(turns, name, time);
        expect(turns.clock).toBe(clock);
        for (const [other, turn] of all) expect(Math.max(clock, turns.starts.get(other) ?? 0)).toBe(Math.max(clock, turn));
      }
    }),
  );
});

test('of groups that come and go only those that started something last are kept', () => {
  const turns = createTurns();
  for (let group = 0; group < 12_000; group += 1) chargeTurn(turns, `once-${group}`, 10);
  expect(turns.starts.size).toBe(10_000);
  expect([turns.starts.has('once-1999'), turns.starts.has('once-2000')]).toEqual([false, true]);
  for (let start = 0; start < 2; start += 1) chargeTurn(turns, 'lasting', 10);
  expect([...turns.starts]).toEqual([['lasting', 20]]);
});
