/**
 * What ends at a time, the next one first: a binary heap in which every entry knows its place, so that a renewal moves
 * an entry instead of leaving a stale one behind.
 * Invariants: heap[entry.place] is the entry; none ends before its parent.
 */

/** Something that ends. */
export interface Expiring {
  /** ms since 1970. */
  expires_at: number;
  /** Where it stands in its heap; -1 while it is in none. */
  place: number;
}

/** Puts an entry in. */
export function insertExpiry<T extends Expiring>(heap: T[], entry: T): void {
  entry.place = heap.push(entry) - 1;
  rise(heap, entry);
}

/** Takes an entry out. */
export function removeExpiry<T extends Expiring>(heap: T[], entry: T): void {
  const last = heap.pop();
  if (last !== undefined && last !== entry) {
    put(heap, last, entry.place);
    settleExpiry(heap, last);
  }
  entry.place = -1;
}

/** Puts an entry back in order after its time changed. */
export function settleExpiry<T extends Expiring>(heap: T[], entry: T): void {
  rise(heap, entry);
  sink(heap, entry);
}

/** The entries that end by `time`, the earliest first, without removing them. */
export function expiredBy<T extends Expiring>(heap: readonly T[], time: number): T[] {
  const found: T[] = [];
  const visit = (index: number): void => {
    const entry = heap[index];
    if (entry === undefined || entry.expires_at > time) return;
    found.push(entry);
    visit(2 * index + 1);
    visit(2 * index + 2);
  };
  visit(0);
  return found.toSorted((a, b) => a.expires_at - b.expires_at);
}

function rise<T extends Expiring>(heap: T[], entry: T): void {
  while (entry.place > 0) {
    const above = heap[(entry.place - 1) >> 1] as T;
    if (above.expires_at <= entry.expires_at) return;
    const { place } = above;
    put(heap, above, entry.place);
    put(heap, entry, place);
  }
}

function sink<T extends Expiring>(heap: T[], entry: T): void {
  for (;;) {
    const left = heap[2 * entry.place + 1];
    const right = heap[2 * entry.place + 2];
    const child = right !== undefined && left !== undefined && right.expires_at < left.expires_at ? right : left;
    if (child === undefined || child.expires_at >= entry.expires_at) return;
    const { place } = child;
    put(heap, child, entry.place);
    put(heap, entry, place);
  }
}

function put<T extends Expiring>(heap: T[], entry: T, place: number): void {
  heap[place] = entry;
  entry.place = place;
}
