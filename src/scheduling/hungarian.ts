/**
 * The assignment problem: each row gets one column so that the sum of costs is smallest. Source: Kuhn
 * 1955 and Munkres 1957 in the shortest augmenting path form with potentials (Jonker & Volgenant
 * 1987); O(rows² · columns).
 */

/** Costs row by row, with `columns` ≥ `rows`; every cost is finite. Gives the column of each row. */
export function matchRows(costs: Float64Array, rows: number, columns: number): Int32Array {
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  // Rows and columns count from 1 here; row 0 is the one being placed.
  const rowOf = new Int32Array(columns + 1);
  const cameFrom = new Int32Array(columns + 1);
  const distance = new Float64Array(columns + 1);
  const visited = new Uint8Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    distance.fill(Number.POSITIVE_INFINITY);
    visited.fill(0);
    let column = 0;
    do {
      visited[column] = 1;
      const current = rowOf[column]!;
      let step = Number.POSITIVE_INFINITY;
      let nearest = 0;
      for (let other = 1; other <= columns; other++) {
        if (visited[other] === 1) continue;
        const reduced = costs[(current - 1) * columns + other - 1]! - rowPotential[current]! - columnPotential[other]!;
        if (reduced < distance[other]!) {
          distance[other] = reduced;
          cameFrom[other] = column;
        }
        if (distance[other]! < step) {
          step = distance[other]!;
          nearest = other;
        }
      }
      for (let other = 0; other <= columns; other++) {
        if (visited[other] === 1) {
          rowPotential[rowOf[other]!]! += step;
          columnPotential[other]! -= step;
        } else distance[other]! -= step;
      }
      column = nearest;
    } while (rowOf[column] !== 0);
    for (; column !== 0; column = cameFrom[column]!) rowOf[column] = rowOf[cameFrom[column]!]!;
  }
  const columnOf = new Int32Array(rows);
  for (let column = 1; column <= columns; column++) if (rowOf[column]! > 0) columnOf[rowOf[column]! - 1] = column - 1;
  return columnOf;
}
