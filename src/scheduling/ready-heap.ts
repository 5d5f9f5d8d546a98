/**
 * The ready tasks in dispatch order: per class a heap for each band, and one heap of the times at
 * which tasks rise by ageing. Everything is O(log n) per change, nothing is sorted per decision.
 * Invariant: a task is in exactly one heap from `add` until `remove`, in the band it was filed under.
 */
import { agedBand, nextRise, TOP_BAND } from './ageing.ts';
import { HeapPositions, IndexedHeap } from './indexed-heap.ts';
import { type TaskTable, URGENT_BAND } from './task-table.ts';
import { grownFloats, grownInts } from './growing-arrays.ts';

/** What is added to the priority of an overdue task: it stays in its band, and stands first there, like what it waits for. */
export const OVERDUE = 0.4;
/** Actual ÷ expected duration that is hardly ever exceeded, also by one that fails once. Chosen on generated work, not on the benchmark's. */
const LONGEST_OVERRUN = 3;
/** Bands by which a task is raised that would end last if it waited, and the highest that it can come to: urgent work stays first. */
const MOST_RAISED = 3;
const HIGHEST_RAISED = URGENT_BAND - 1;
/** More than any rank, in ms. */
const BEFORE_ALL = 1e15;

/** Ready tasks by class and band: by aged inherited priority, then upward rank, then arrival. */
export class ReadyHeap {
  /** Classes with ready tasks, in no order. */
  readonly classes: number[] = [];
  /** When all that is unfinished could be done at the earliest, from now: who has a longer way to the end than that is raised. */
  horizon = Number.POSITIVE_INFINITY;
  readonly #tasks: TaskTable;
  readonly #maxAge: number;
  readonly #slotsOf: (taskClass: number) => number;
  readonly #heaps: IndexedHeap[][] = [];
  /** Bit b of a class is set while its band b has tasks. */
  #bands = new Int32Array(0);
  #classAt = new Int32Array(0);
  #band = new Int32Array(0);
  #key = new Float64Array(0);
  #riseAt = new Float64Array(0);
  readonly #positions = new HeapPositions();
  readonly #rises: IndexedHeap;
  #size = 0;

  /** `slotsOf` gives the slots of all sessions capable of a class. */
  constructor(tasks: TaskTable, maxAge: number, slotsOf: (taskClass: number) => number) {
    this.#tasks = tasks;
    this.#slotsOf = slotsOf;
    this.#maxAge = maxAge;
    this.#rises = new IndexedHeap(
      new HeapPositions(),
      (a, b) => this.#riseAt[a]! < this.#riseAt[b]! || (this.#riseAt[a] === this.#riseAt[b] && a < b),
    );
  }

  get size(): number {
    return this.#size;
  }

  /** True while tasks of more than one band are ready. */
  get isMixed(): boolean {
    let bands = 0;
    for (const taskClass of this.classes) bands |= this.#bands[taskClass]!;
    return (bands & (bands - 1)) !== 0;
  }

  /** Files a ready task by what is known of it now. */
  add(task: number, now: number): void {
    this.#grow(task + 1);
    this.#file(task, now);
    this.#riseAt[task] = nextRise(this.#tasks.inherited[task]!, this.#tasks.readySince[task]!, now, this.#maxAge);
    this.#rises.add(task);
  }

  /** Takes a task out. */
  remove(task: number): void {
    this.#unfile(task);
    this.#rises.remove(task);
  }

  /** Files a task again after its inherited priority or rank changed. */
  refile(task: number, now: number): void {
    this.#unfile(task);
    this.#file(task, now);
    const rise = nextRise(this.#tasks.inherited[task]!, this.#tasks.readySince[task]!, now, this.#maxAge);
    if (rise === this.#riseAt[task]) return;
    this.#rises.remove(task);
    this.#riseAt[task] = rise;
    this.#rises.add(task);
  }

  /** Raises every task that is due. */
  promote(now: number): void {
    for (let task = this.#rises.first(); task >= 0 && this.#riseAt[task]! <= now; task = this.#rises.first()) this.refile(task, now);
  }

  /** The first task of a class, -1 when it has none. */
  headOf(taskClass: number): number {
    let bands = this.#bands[taskClass] ?? 0;
    if (bands === 0) return -1;
    const highest = 31 - Math.clz32(bands);
    let head = this.#heaps[taskClass]![highest]!.first();
    let headBand = this.bandOf(head);
    // The first of each band has the longest way to the end: of the lower ones only it can have been raised above the head.
    for (bands &= ~(1 << highest); bands !== 0;) {
      const band = 31 - Math.clz32(bands);
      bands &= ~(1 << band);
      if (band + MOST_RAISED < headBand || headBand >= HIGHEST_RAISED) break;
      const task = this.#heaps[taskClass]![band]!.first();
      const raised = this.bandOf(task);
      if (raised < headBand || (raised === headBand && this.#key[task]! >= this.#key[head]!)) continue;
      head = task;
      headBand = raised;
    }
    return head;
  }

  /** The band that a ready task is served in: higher than the one it is filed under while the end of everything hangs on it. */
  bandOf(task: number): number {
    const band = this.#band[task]!;
    return band < HIGHEST_RAISED && this.#endHangsOn(task) ? Math.min(HIGHEST_RAISED, band + MOST_RAISED) : band;
  }

  /** True when the end of everything would move if the task waited for all the others that its sessions have to do. */
  #endHangsOn(task: number): boolean {
    const { rank, length, taskClass } = this.#tasks;
    if (LONGEST_OVERRUN * rank[task]! < this.horizon) return false;
    return LONGEST_OVERRUN * (rank[task]! - length[task]! / this.#slotsOf(taskClass[task]!)) >= this.horizon;
  }

  /** The place of a ready task within its band: smaller comes first. */
  keyOf(task: number): number {
    return this.#key[task]!;
  }

  /** Takes a head out for the length of a decision; `putBack` files it exactly as it was. */
  take(task: number): void {
    this.#unfile(task);
  }

  putBack(task: number): void {
    this.#insert(task);
  }

  #file(task: number, now: number): void {
    const tasks = this.#tasks;
    const band = agedBand(tasks.inherited[task]!, now - tasks.readySince[task]!, this.#maxAge);
    this.#band[task] = band;
    const isUrgent = tasks.inherited[task]! - Math.round(tasks.inherited[task]!) > OVERDUE / 2;
    this.#key[task] = band === TOP_BAND ? tasks.readySince[task]! : -tasks.rank[task]! - (isUrgent ? BEFORE_ALL : 0);
    this.#insert(task);
  }

  #insert(task: number): void {
    const taskClass = this.#tasks.taskClass[task]!;
    const band = this.#band[task]!;
    this.#bands = grownInts(this.#bands, taskClass + 1);
    this.#classAt = grownInts(this.#classAt, taskClass + 1, -1);
    const heaps = (this.#heaps[taskClass] ??= []);
    for (let k = heaps.length; k <= band; k++) heaps.push(new IndexedHeap(this.#positions, this.#before));
    heaps[band]!.add(task);
    if (this.#bands[taskClass] === 0) this.#classAt[taskClass] = this.classes.push(taskClass) - 1;
    this.#bands[taskClass]! |= 1 << band;
    this.#size++;
  }

  #unfile(task: number): void {
    const taskClass = this.#tasks.taskClass[task]!;
    const band = this.#band[task]!;
    const heap = this.#heaps[taskClass]![band]!;
    heap.remove(task);
    this.#size--;
    if (heap.size > 0) return;
    this.#bands[taskClass]! &= ~(1 << band);
    if (this.#bands[taskClass] !== 0) return;
    const moved = this.classes.pop()!;
    const at = this.#classAt[taskClass]!;
    this.#classAt[taskClass] = -1;
    if (moved === taskClass) return;
    this.classes[at] = moved;
    this.#classAt[moved] = at;
  }

  readonly #before = (a: number, b: number): boolean => {
    const keyA = this.#key[a]!;
    const keyB = this.#key[b]!;
    return keyA < keyB || (keyA === keyB && this.#tasks.sequence[a]! < this.#tasks.sequence[b]!);
  };

  #grow(capacity: number): void {
    this.#band = grownInts(this.#band, capacity);
    this.#key = grownFloats(this.#key, capacity);
    this.#riseAt = grownFloats(this.#riseAt, capacity);
  }
}
