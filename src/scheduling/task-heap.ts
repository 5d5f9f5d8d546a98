/**
 * A binary heap of task indices, smallest key first and smallest index among equal keys.
 * Invariant: no task has a smaller key than its parent in the heap.
 */

/** Holds at most `capacity` tasks; keys come from the array given to `reset`. */
export class TaskHeap {
  readonly #items: Int32Array;
  #keys: Float64Array = new Float64Array(0);
  #size = 0;

  constructor(capacity: number) {
    this.#items = new Int32Array(capacity);
  }

  /** The first task; -1 when there is none. */
  peek(): number {
    return this.#size === 0 ? -1 : this.#items[0]!;
  }

  get size(): number {
    return this.#size;
  }

  /** Empties the heap and orders what comes next by these keys. */
  reset(keys: Float64Array): void {
    this.#keys = keys;
    this.#size = 0;
  }

  push(task: number): void {
    const items = this.#items;
    let at = this.#size++;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = items[up]!;
      if (!this.#before(task, parent)) break;
      items[at] = parent;
      at = up;
    }
    items[at] = task;
  }

  /** Removes and gives the first task, -1 when there is none. */
  pop(): number {
    if (this.#size === 0) return -1;
    const items = this.#items;
    const first = items[0]!;
    const moved = items[--this.#size]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#before(items[child + 1]!, items[child]!)) child++;
      if (!this.#before(items[child]!, moved)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = moved;
    return first;
  }

  #before(a: number, b: number): boolean {
    const keyA = this.#keys[a]!;
    const keyB = this.#keys[b]!;
    return keyA < keyB || (keyA === keyB && a < b);
  }
}
