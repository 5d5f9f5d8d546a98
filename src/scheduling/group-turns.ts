/**
 * When the turn of each group is: start-time fair queueing (Goyal, Vin, Cheng 1996). Each start moves its group's turn by
 * the expected duration over its weight; its end by how much longer or shorter it took. Plain data, so that whoever keeps a
 * log can fold it from there.
 * Invariants: the clock only grows. A turn that is not after the clock counts as the clock: a group that had nothing to
 * run, or could not, has no claim on what others got meanwhile. Bound: the 10,000 groups that started something last.
 */

const GROUPS = 10_000;

/** The turns of groups by name, in time per weight; the group that started something last stands last. */
export interface GroupTurns {
  /** The turn of what started last. */
  clock: number;
  readonly starts: Map<string, number>;
}

/** Nothing has started. */
export function createTurns(): GroupTurns {
  return { clock: 0, starts: new Map() };
}

/** A task of a group starts and is expected to take so long, in time per weight. */
export function chargeTurn(turns: GroupTurns, group: string, time: number): void {
  const { starts } = turns;
  turns.clock = Math.max(turns.clock, starts.get(group) ?? 0);
  starts.delete(group);
  starts.set(group, turns.clock + time);
  const [oldest] = starts.keys();
  if (starts.size > GROUPS && oldest !== undefined) starts.delete(oldest);
}

/** What a group started took so much longer (or shorter, below 0) than was charged, in time per weight. */
export function correctTurn({ starts }: GroupTurns, group: string, time: number): void {
  const turn = starts.get(group);
  if (turn !== undefined) starts.set(group, turn + time);
}
