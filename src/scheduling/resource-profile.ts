/**
 * What is left of every resource over time, as a linked list of breakpoints. Invariant: times ascend
 * strictly along the list, and the amounts of a breakpoint hold from its time until the next one's
 * (the last one's for ever). Breakpoints are never removed between two resets, so a caller may keep
 * one as a hint where to begin the next search.
 */
import { type PlanProblem } from './plan-problem.ts';
import { ProfileChunks } from './profile-chunks.ts';

/** Tasks from which on a search passes chunks of breakpoints: with fewer it costs more than it saves. */
const CHUNKED_FROM = 400;

/** A profile for one problem; `reset` empties it for the next schedule. */
export class ResourceProfile {
  /** The breakpoint in force at the start that `earliest` gave last. */
  found = 0;
  /** Per task a breakpoint at or before its end, set by `reserve`. */
  readonly endOf: Int32Array;
  readonly #problem: PlanProblem;
  readonly #time: Float64Array;
  readonly #next: Int32Array;
  readonly #left: Float64Array;
  readonly #chunks: ProfileChunks | undefined;
  #count = 0;

  constructor(problem: PlanProblem) {
    this.#problem = problem;
    const breakpoints = 2 * (problem.tasks + problem.held.length) + 4;
    this.endOf = new Int32Array(problem.tasks);
    this.#time = new Float64Array(breakpoints);
    this.#next = new Int32Array(breakpoints);
    this.#left = new Float64Array(breakpoints * problem.resources);
    const list = { next: this.#next, left: this.#left, resources: problem.resources };
    this.#chunks = problem.tasks < CHUNKED_FROM ? undefined : new ProfileChunks(list);
  }

  /** Full capacity at all times, but for what is held from outside. */
  reset(): void {
    this.#count = 1;
    this.#time[0] = 0;
    this.#next[0] = -1;
    this.#left.set(this.#problem.capacity, 0);
    this.#chunks?.reset(0);
    for (const { resource, amount, until } of this.#problem.held) {
      if (until <= 0) continue;
      const end = this.#breakpointAt(until, 0);
      for (let at = 0; at !== end; at = this.#next[at]!) this.#left[at * this.#problem.resources + resource]! -= amount;
      this.#measure(0, end);
    }
  }

  /** The earliest time from `from` on at which the task's demands fit for the whole duration. `near` is a breakpoint at or before `from`. */
  earliest(task: number, from: number, duration: number, near: number): number {
    const { demandStart, demandResource, demandAmount, resources } = this.#problem;
    const first = demandStart[task]!;
    const last = demandStart[task + 1]!;
    const time = this.#time;
    const next = this.#next;
    const left = this.#left;
    const chunks = this.#chunks;
    let at = this.#lastBefore(from, near);
    this.found = at;
    if (first === last || duration <= 0) return from;
    let start = from;
    let end = from + duration;
    while (at >= 0 && time[at]! < end) {
      const chunk = chunks !== undefined && chunks.first[chunks.of[at]!] === at ? chunks.of[at]! : -1;
      if (chunk >= 0 && this.#lacks(chunk, first, last)) {
        // Too little in all of them: begin behind the last.
        at = chunks!.first[chunks!.behind[chunk]!]!;
        start = time[at]!;
        end = start + duration;
        this.found = at;
        continue;
      }
      const row = at * resources;
      const behind = next[at]!;
      for (let d = first; d < last; d++) {
        if (left[row + demandResource[d]!]! >= demandAmount[d]!) continue;
        // Too little here: begin behind this breakpoint.
        start = time[behind]!;
        end = start + duration;
        this.found = behind;
        break;
      }
      at = behind;
    }
    return start;
  }

  /** Takes the task's demands from `start` for its duration. `near` is a breakpoint at or before `start`. */
  reserve(task: number, start: number, duration: number, near: number): void {
    const { demandStart, demandResource, demandAmount, resources } = this.#problem;
    const first = demandStart[task]!;
    const last = demandStart[task + 1]!;
    this.endOf[task] = near;
    if (first === last || duration <= 0) return;
    const begin = this.#breakpointAt(start, near);
    const end = this.#breakpointAt(start + duration, begin);
    this.endOf[task] = end;
    for (let at = begin; at !== end; at = this.#next[at]!) {
      for (let d = first; d < last; d++) this.#left[at * resources + demandResource[d]!]! -= demandAmount[d]!;
    }
    this.#measure(begin, end);
  }

  /** The last breakpoint at or before a time, from one that is. */
  #lastBefore(time: number, near: number): number {
    const chunks = this.#chunks;
    let at = near;
    if (chunks !== undefined) {
      for (
        let chunk = chunks.behind[chunks.of[at]!]!;
        chunk >= 0 && this.#time[chunks.first[chunk]!]! <= time;
        chunk = chunks.behind[chunk]!
      )
        at = chunks.first[chunk]!;
    }
    for (let behind = this.#next[at]!; behind >= 0 && this.#time[behind]! <= time; behind = this.#next[at]!) at = behind;
    return at;
  }

  /** True when nowhere in a chunk enough is left of something that is asked for. */
  #lacks(chunk: number, first: number, last: number): boolean {
    const { demandResource, demandAmount } = this.#problem;
    for (let d = first; d < last; d++) if (this.#chunks!.most(chunk, demandResource[d]!) < demandAmount[d]!) return true;
    return false;
  }

  /** Less is left from one breakpoint to another. */
  #measure(begin: number, end: number): void {
    const chunks = this.#chunks;
    if (chunks === undefined) return;
    const last = chunks.of[end]!;
    for (let chunk = chunks.of[begin]!; ; chunk = chunks.behind[chunk]!) {
      chunks.measure(chunk);
      if (chunk === last) return;
    }
  }

  /** The breakpoint at exactly this time, made when there is none; searched from `near` on. */
  #breakpointAt(time: number, near: number): number {
    const next = this.#next;
    const at = this.#lastBefore(time, near);
    if (this.#time[at] === time) return at;
    const { resources } = this.#problem;
    const made = this.#count++;
    for (let r = 0; r < resources; r++) this.#left[made * resources + r] = this.#left[at * resources + r]!;
    this.#time[made] = time;
    next[made] = next[at]!;
    next[at] = made;
    this.#chunks?.insert(made, at);
    return made;
  }
}
