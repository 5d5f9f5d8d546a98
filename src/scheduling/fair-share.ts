/**
 * Fair share between groups, in slot time. Within a band the group whose turn is earliest goes first: each start moves its
 * group's turn by the expected duration over its weight, so that one slot is shared like many. A group that runs more than
 * its share of what runs is set back by whole bands besides, never by more than `MOST_BANDS`, so that priorities stay
 * meaningful. Sources: start-time fair queueing (Goyal, Vin, Cheng 1996); the fair-share factor of Slurm's multifactor
 * priority, bounded.
 * Invariants: turns only grow; a group that had nothing to run, or could not, has no claim on what others got meanwhile.
 */

const MOST_BANDS = 3;

/** What each group runs, has left to do, and when its turn is; groups are told by their index. */
export class GroupShares {
  /** Groups with unfinished tasks. */
  busy = 0;
  #busyWeight = 0;
  #runningInAll = 0;
  readonly #running: number[] = [];
  readonly #unfinished: number[] = [];
  /** Start of each group's next task, in time per weight. */
  readonly #turns: number[] = [];
  /** The turn of what started last. */
  #clock = 0;
  #weights: ReadonlyMap<string, number> = new Map();
  readonly #nameOf: (group: number) => string;
  /** Turns as they were before the tentative starts, and the clock. */
  #before: { readonly group: number; readonly turn: number }[] | null = null;
  #clockBefore = 0;

  constructor(nameOf: (group: number) => string) {
    this.#nameOf = nameOf;
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

  /** A task of a group starts and is expected to take so long. */
  charge(group: number, duration: number): void {
    const turn = Math.max(this.#clock, this.#turns[group] ?? 0);
    this.#before?.push({ group, turn: this.#turns[group] ?? 0 });
    this.#clock = turn;
    this.#turns[group] = turn + duration / this.#weightOf(group);
  }

  /** What is charged from now on is taken back by `rollback`. */
  beginTentative(): void {
    this.#before = [];
    this.#clockBefore = this.#clock;
  }

  /** Turns are what they were at `beginTentative`. */
  rollback(): void {
    for (const { group, turn } of this.#before?.toReversed() ?? []) this.#turns[group] = turn;
    this.#clock = this.#clockBefore;
    this.#before = null;
  }

  /** How far a group is ahead of what started last, in time per weight: the smaller goes first. 0 while only one group has work. */
  ahead(group: number): number {
    return this.busy < 2 ? 0 : Math.max(0, (this.#turns[group] ?? 0) - this.#clock);
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

  #weightOf(group: number): number {
    return this.#weights.size === 0 ? 1 : (this.#weights.get(this.#nameOf(group)) ?? 1);
  }
}
