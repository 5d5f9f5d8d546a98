/**
 * Whether two globs can mean the same path, and whether a glob covers a path.
 *
 * A glob is segments between slashes. In a segment `?` stands for one character and `*` for any number of them, also
 * none; a segment `**` stands for any number of segments, also none. Everything else stands for itself, case included.
 * Two globs conflict when some path could match both. That is exact but for one thing: paths may not have segments
 * `.`, `..` or without a character, which is not taken into account, so that a conflict is found rather than missed.
 */

/** True when some path could match both globs. */
export function globsIntersect(a: string, b: string): boolean {
  if (a === b) return true;
  if (!hasWildcard(a) && !hasWildcard(b)) return false;
  return sequencesMeet(a.split('/'), b.split('/'), '**', segmentsMeet);
}

/** True when the glob covers this path, which is taken literally. */
export function globCovers(glob: string, path: string): boolean {
  return !hasWildcard(path) && globsIntersect(glob, path);
}

/** The leading segments that stand for themselves. */
export function literalSegments(glob: string): readonly string[] {
  const segments = glob.split('/');
  const wild = segments.findIndex(hasWildcard);
  return wild < 0 ? segments : segments.slice(0, wild);
}

/** True when anything in it does not stand for itself. */
export function hasWildcard(glob: string): boolean {
  return glob.includes('*') || glob.includes('?');
}

function segmentsMeet(a: string, b: string): boolean {
  if (!hasWildcard(a) && !hasWildcard(b)) return a === b;
  return sequencesMeet(Array.from(a), Array.from(b), '*', (x, y) => x === y || x === '?' || y === '?');
}

/**
 * True when two patterns have a sequence in common; `any` stands for any number of items. Dynamic programming over the
 * product of the two automata: row[j] says that what came of `left` and the first j of `right` have one in common.
 */
function sequencesMeet(left: readonly string[], right: readonly string[], any: string, meet: (a: string, b: string) => boolean): boolean {
  let row = [true];
  for (const [index, item] of right.entries()) row.push(row[index] === true && item === any);
  for (const item of left) {
    const next = [row[0] === true && item === any];
    for (const [index, other] of right.entries()) {
      const either = item === any || other === any;
      const reached = either ? row[index + 1] === true || next[index] === true : row[index] === true && meet(item, other);
      next.push(reached);
    }
    row = next;
  }
  return row[right.length] === true;
}
