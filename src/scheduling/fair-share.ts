/**
 * Fair share between groups, in slot time. Within a band the group whose turn is earliest goes first (`GroupTurns`), so that
 * one slot is shared like many. A group that runs more than its share of what runs is set back by whole bands besides, never
 * by more than `MOST_BANDS`, so that priorities stay meaningful. Source of the latter: the fair-share factor of Slurm's
 * multifactor priority, bounded.
 * Invariant: what a decision starts tentatively moves turns for its length only.
 */
import { chargeTurn, createTurns, type GroupTurns } from './group-turns.ts';

const MOST_BANDS = 3;

/** What each group runs, has left to do, and when its turn is; groups are told by their index. */
export class GroupShares {
  /** Groups with unfinished tasks. */
  busy = 0;
  #busyWeight = 0;
  #runningInAll = 0;
  readonly #running: number[] = [];
  readonly #unfinished: number[] = [];
  #weights: ReadonlyMap<string, number> = new Map();
  readonly #nameOf: (group: number) => string;
  readonly #turns: GroupTurns;
  readonly #isKept: boolean;
  /** The clock, and the turns that differ, within a decision. */
  #tentative: GroupTurns | null = null;

  /** `kept` are turns that somebody else charges with every task that starts. */
  constructor(nameOf: (group: number) => string, kept?: GroupTurns) {
    this.#nameOf = nameOf;
    this.#isKept = kept !== undefined;
    this.#turns = kept ?? createTurns();
  }

  /** Tasks that run, of all groups. */
  get running(): number {
    return this.#runningInAll;
  }

  /** Sets the weights by name; 1 where not set. */
  setWeights(weights: ReadonlyMap<string, number>): void {
    this.#weights = weights;
    this.#busyWeight = this.#unfinished.reduce((sum, tasks, group) => sum + (tasks > 0 ? this.#weightOf(group) : 0), 0);
  }

  /** One more or one less unfinished task. */
  countTask(group: number, sign: 1 | -1): void {
    const tasks = (this.#unfinished[group] ?? 0) + sign;
    this.#unfinished[group] = tasks;
    if (tasks !== (sign === 1 ? 1 : 0)) return;
    this.busy += sign;
    this.#busyWeight += sign * this.#weightOf(group);
  }

  /** One more or one less running task. */
  countRunning(group: number, sign: 1 | -1): void {
    this.#running[group] = (this.#running[group] ?? 0) + sign;
    this.#runningInAll += sign;
  }

  /** A task of a group starts, within a decision or for good, and is expected to take so long. */
  charge(group: number, duration: number): void {
    const tentative = this.#tentative;
    if (tentative === null ? this.#isKept : this.busy < 2) return;
    const name = this.#nameOf(group);
    const time = duration / this.#weightOf(group);
    if (tentative === null) {
      chargeTurn(this.#turns, name, time);
      return;
    }
    tentative.clock = Math.max(tentative.clock, this.#turnOf(name));
    tentative.starts.set(name, tentative.clock + time);
  }

  /** What is charged from now on is taken back by `rollback`. */
  beginTentative(): void {
    this.#tentative = { clock: this.#turns.clock, starts: new Map() };
  }

  /** Turns are what they were at `beginTentative`. */
  rollback(): void {
    this.#tentative = null;
  }

  /** How far a group is ahead of what started last, in time per weight: the smaller goes first. 0 while only one group has work. */
  ahead(group: number): number {
    if (this.busy < 2) return 0;
    return Math.max(0, this.#turnOf(this.#nameOf(group)) - (this.#tentative ?? this.#turns).clock);
  }

  /**
   * Bands that a group is set back: floor(usage / share - 1), between 0 and 3, where usage is the
   * group's part of the running tasks and share its part of the weights. 0 while only one group has work.
   */
  penalty(group: number): number {
    if (this.busy < 2 || this.#runningInAll === 0) return 0;
    const share = this.#weightOf(group) / this.#busyWeight;
    const usage = (this.#running[group] ?? 0) / this.#runningInAll;
    return Math.max(0, Math.min(MOST_BANDS, Math.floor(usage / share - 1 + 1e-9)));
  }

  #turnOf(name: string): number {
    return this.#tentative?.starts.get(name) ?? this.#turns.starts.get(name) ?? 0;
  }

  #weightOf(group: number): number {
    return this.#weights.size === 0 ? 1 : (this.#weights.get(this.#nameOf(group)) ?? 1);
  }
}
