/**
 * A binary heap of integers that knows where each of them is, so that any can be removed in
 * O(log n). Positions live in an array shared by all heaps of a family: an item is in at most one.
 * Invariant: position[items[k]] = k.
 */

import { grownInts } from './growing-arrays.ts';

/** Tells whether a comes before b. Must be a strict total order. */
export type Before = (a: number, b: number) => boolean;

/** Where each item of a family of heaps is; grows with the largest item. */
export class HeapPositions {
  at = new Int32Array(16).fill(-1);

  reserve(item: number): void {
    if (item < this.at.length) return;
    this.at = grownInts(this.at, item + 1, -1);
  }
}

/** One heap of the family. */
export class IndexedHeap {
  readonly #items: number[] = [];
  readonly #positions: HeapPositions;
  readonly #before: Before;

  constructor(positions: HeapPositions, before: Before) {
    this.#positions = positions;
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The first item, -1 when there is none. */
  first(): number {
    return this.#items[0] ?? -1;
  }

  add(item: number): void {
    this.#positions.reserve(item);
    this.#items.push(item);
    this.#up(this.#items.length - 1, item);
  }

  /** Removes an item that is in this heap. */
  remove(item: number): void {
    const at = this.#positions.at[item]!;
    const moved = this.#items.pop()!;
    this.#positions.at[item] = -1;
    if (moved === item) return;
    if (at > 0 && this.#before(moved, this.#items[(at - 1) >> 1]!)) this.#up(at, moved);
    else this.#down(at, moved);
  }

  #up(from: number, item: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(item, this.#items[parent]!)) break;
      this.#put(at, this.#items[parent]!);
      at = parent;
    }
    this.#put(at, item);
  }

  #down(from: number, item: number): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#items.length) break;
      if (child + 1 < this.#items.length && this.#before(this.#items[child + 1]!, this.#items[child]!)) child++;
      if (!this.#before(this.#items[child]!, item)) break;
      this.#put(at, this.#items[child]!);
      at = child;
    }
    this.#put(at, item);
  }

  #put(at: number, item: number): void {
    this.#items[at] = item;
    this.#positions.at[item] = at;
  }
}
