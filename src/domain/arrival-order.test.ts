/** A list goes on in the middle, whoever left meanwhile. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrive, arrivedAfter, createArrivals, depart } from './arrival-order.ts';

test('from every place on, exactly those come who are there, in order, and holes are closed', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 1 }), { minLength: 1, maxLength: 60 }), (steps) => {
      const order = createArrivals();
      const there = new Map<string, number>();
      let number = 0;
      for (const step of steps) {
        for (let times = 0; times < 100; times += 1) {
          const [oldest] = there.keys();
          if (step < 0 && oldest !== undefined) {
            there.delete(oldest);
            depart(order, (id, at) => there.get(id) === at);
          } else if (step >= 0) {
            number += 1;
            there.set(`t${number}`, number);
            arrive(order, `t${number}`, number);
          }
        }
      }
      expect(order.ids.length).toBeLessThanOrEqual(Math.max(1000, 2 * there.size) + there.size);
      for (const after of [0, Math.floor(number / 2), number]) {
        const found = [...arrivedAfter(order, after)].filter(([at, id]) => there.get(id) === at).map(([, id]) => id);
        expect(found).toEqual([...there].filter(([, at]) => at > after).map(([id]) => id));
      }
    }),
    { numRuns: 30 },
  );
});

test('who came again is found at the newer place only', () => {
  const order = createArrivals();
  arrive(order, 'a', 1);
  arrive(order, 'b', 2);
  depart(order, () => true);
  arrive(order, 'a', 3);
  expect([...arrivedAfter(order, 1)]).toEqual([
    [2, 'b'],
    [3, 'a'],
  ]);
});
