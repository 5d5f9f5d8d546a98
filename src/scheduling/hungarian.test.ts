import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchRows } from './hungarian.ts';

/** The smallest sum by trying every way. */
function smallest(costs: number[][], row = 0, used = 0): number {
  if (row === costs.length) return 0;
  return Math.min(
    ...costs[row]!.map((cost, column) =>
      (used >> column) & 1 ? Number.POSITIVE_INFINITY : cost + smallest(costs, row + 1, used | (1 << column)),
    ),
  );
}

describe('matching rows to columns', () => {
  test('finds the smallest sum, as trying every way does', () => {
    const matrices = fc.integer({ min: 1, max: 5 }).chain((rows) =>
      fc.integer({ min: rows, max: 6 }).chain((columns) =>
        fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        }),
      ),
    );
    fc.assert(
      fc.property(matrices, (costs) => {
        const columns = costs[0]!.length;
        const chosen = matchRows(Float64Array.from(costs.flat()), costs.length, columns);
        expect(new Set(chosen).size).toBe(costs.length);
        expect(chosen.reduce((sum, column, row) => sum + costs[row]![column]!, 0)).toBe(smallest(costs));
      }),
    );
  });

  test('has nothing to do without rows', () => {
    expect(matchRows(new Float64Array(0), 0, 3)).toHaveLength(0);
  });
});
