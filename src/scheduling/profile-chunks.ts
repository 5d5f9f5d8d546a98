/**
 * Chunks of a long list of breakpoints, so that a search passes many of them at a time: of each chunk the most that is left of
 * every resource in it. Invariants: chunks follow each other as their breakpoints do, and none has more than `CHUNK` of them.
 */

/** Breakpoints of a chunk at most; a full one is split in halves. */
const CHUNK = 64;

/** The list that is cut in chunks: per breakpoint the next one, and what is left of each resource. */
export interface Breakpoints {
  readonly next: Int32Array;
  readonly left: Float64Array;
  readonly resources: number;
}

/** The chunks of one list. */
export class ProfileChunks {
  /** Per chunk its first breakpoint, and the chunk behind it (-1: none). */
  readonly first: Int32Array;
  readonly behind: Int32Array;
  /** Per breakpoint its chunk. */
  readonly of: Int32Array;
  readonly #list: Breakpoints;
  readonly #size: Int32Array;
  readonly #most: Float64Array;
  #count = 0;

  constructor(list: Breakpoints) {
    this.#list = list;
    const chunks = 2 + Math.ceil((2 * list.next.length) / CHUNK);
    this.of = new Int32Array(list.next.length);
    this.first = new Int32Array(chunks);
    this.behind = new Int32Array(chunks);
    this.#size = new Int32Array(chunks);
    this.#most = new Float64Array(chunks * list.resources);
  }

  /** One chunk with one breakpoint. */
  reset(first: number): void {
    this.#count = 1;
    this.of[first] = 0;
    this.first[0] = first;
    this.behind[0] = -1;
    this.#size[0] = 1;
    this.measure(0);
  }

  /** A breakpoint was put behind another one, with as much left. */
  insert(made: number, before: number): void {
    const chunk = this.of[before]!;
    this.of[made] = chunk;
    if (++this.#size[chunk]! > CHUNK) this.#split(chunk);
  }

  /** The most that is left of a resource anywhere in a chunk. */
  most(chunk: number, resource: number): number {
    return this.#most[chunk * this.#list.resources + resource]!;
  }

  /** Looks anew at what is left in a chunk. */
  measure(chunk: number): void {
    const { next, left, resources } = this.#list;
    const row = chunk * resources;
    this.#most.fill(Number.NEGATIVE_INFINITY, row, row + resources);
    let at = this.first[chunk]!;
    for (let k = this.#size[chunk]!; k > 0; k--) {
      for (let r = 0; r < resources; r++) {
        const amount = left[at * resources + r]!;
        if (amount > this.#most[row + r]!) this.#most[row + r] = amount;
      }
      at = next[at]!;
    }
  }

  #split(chunk: number): void {
    const { next } = this.#list;
    const size = this.#size[chunk]!;
    const kept = size >> 1;
    let at = this.first[chunk]!;
    for (let k = 0; k < kept; k++) at = next[at]!;
    const made = this.#count++;
    this.first[made] = at;
    this.behind[made] = this.behind[chunk]!;
    this.behind[chunk] = made;
    this.#size[chunk] = kept;
    this.#size[made] = size - kept;
    for (let k = kept; k < size; k++) {
      this.of[at] = made;
      at = next[at]!;
    }
    this.measure(chunk);
    this.measure(made);
  }
}
