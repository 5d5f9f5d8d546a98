/**
 * Locks on files by the leading segments of their globs that stand for themselves: two globs can only conflict when the
 * one's leading segments begin the other's, so that a lock is held against those near it and not against all.
 * Invariant: no branch without a lock.
 */
import { hasWildcard, literalSegments } from './glob.ts';

interface Branch<T> {
  readonly items: Set<T>;
  readonly below: Map<string, Branch<T>>;
}

/** Items by glob. */
export class PathIndex<T> {
  #root: Branch<T> = { items: new Set(), below: new Map() };

  /** What it holds, for whoever writes it down. */
  image(): { readonly root: object } {
    return { root: this.#root };
  }

  /** Goes on with what another one held. */
  adopt({ root }: { readonly root: object }): void {
    this.#root = root as Branch<T>;
  }

  /** Adds an item under its glob. */
  add(glob: string, item: T): void {
    let branch = this.#root;
    for (const segment of literalSegments(glob)) {
      let next = branch.below.get(segment);
      if (next === undefined) {
        next = { items: new Set(), below: new Map() };
        branch.below.set(segment, next);
      }
      branch = next;
    }
    branch.items.add(item);
  }

  /** Removes an item from under its glob. */
  delete(glob: string, item: T): void {
    const path: { readonly branch: Branch<T>; readonly segment: string }[] = [];
    let branch = this.#root;
    for (const segment of literalSegments(glob)) {
      const next = branch.below.get(segment);
      if (next === undefined) return;
      path.push({ branch, segment });
      branch = next;
    }
    branch.items.delete(item);
    for (const { branch: above, segment } of path.toReversed()) {
      const here = above.below.get(segment);
      if (here === undefined || here.items.size > 0 || here.below.size > 0) return;
      above.below.delete(segment);
    }
  }

  /** The items whose globs may conflict with this one: all that do, and some others. */
  *near(glob: string): Generator<T> {
    let branch = this.#root;
    yield* branch.items;
    for (const segment of literalSegments(glob)) {
      const next = branch.below.get(segment);
      if (next === undefined) return;
      branch = next;
      yield* branch.items;
    }
    if (hasWildcard(glob)) for (const below of branch.below.values()) yield* itemsOf(below);
  }
}

function* itemsOf<T>(branch: Branch<T>): Generator<T> {
  const open = [branch];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield* next.items;
    open.push(...next.below.values());
  }
}
