/**
 * What the rules know of groups of tasks: how many of each are unfinished, and how the others ended.
 *
 * States: open (unfinished tasks) → ended (none) → open again when a task is added to it or retried.
 * Invariant: `open` counts exactly the unfinished tasks that name the group; a group without any is in `due` until its end
 * is recorded. Bound: beside the open groups, the 10,000 that ended last.
 */
import type { TaskStatus } from '../../contract/ids.ts';
import { type ArrivalOrder, arrive, createArrivals, depart } from '../arrival-order.ts';

const ENDED_KEPT = 10_000;

/** A group. Times are ms since 1970. */
export interface Group {
  readonly name: string;
  /** Number of the event with which it began. */
  readonly number: number;
  readonly began_at: number;
  open: number;
  readonly ended: Record<Ended, number>;
  /** 0 while any task is unfinished, or its end is not recorded yet. */
  ended_at: number;
}

/** The ways in which a task ends. */
export type Ended = Extract<TaskStatus, 'completed' | 'failed' | 'cancelled'>;

/** All groups. */
export interface Groups {
  readonly by_name: Map<string, Group>;
  readonly order: ArrivalOrder;
  /** Groups whose last task has just ended. */
  readonly due: Set<string>;
  /** Ended groups, the one that ended first at the top. */
  readonly ended: Set<string>;
}

/** No groups. */
export function createGroups(): Groups {
  return { by_name: new Map(), order: createArrivals(), due: new Set(), ended: new Set() };
}

/** A task joins its group: it was added, or is unfinished again after it had ended as `was`. */
export function joinGroup(
  groups: Groups,
  name: string | null,
  event: { readonly seq: number; readonly time: number },
  was: Ended | null,
): void {
  if (name === null) return;
  let group = groups.by_name.get(name);
  if (group === undefined) {
    group = { name, number: event.seq, began_at: event.time, open: 0, ended: { completed: 0, failed: 0, cancelled: 0 }, ended_at: 0 };
    groups.by_name.set(name, group);
    arrive(groups.order, name, group.number);
  }
  group.open += 1;
  if (was !== null && group.ended[was] > 0) group.ended[was] -= 1;
  group.ended_at = 0;
  groups.due.delete(name);
  groups.ended.delete(name);
}

/** A task of a group has ended. */
export function leaveGroup(groups: Groups, name: string | null, how: Ended): void {
  const group = name === null ? undefined : groups.by_name.get(name);
  if (group === undefined) return;
  group.open -= 1;
  group.ended[how] += 1;
  if (group.open === 0) groups.due.add(group.name);
}

/** The end of a group was recorded. */
export function endGroup(groups: Groups, name: string, time: number): void {
  const group = groups.by_name.get(name);
  if (group === undefined) return;
  groups.due.delete(name);
  group.ended_at = time;
  groups.ended.add(name);
  const [oldest] = groups.ended;
  if (groups.ended.size <= ENDED_KEPT || oldest === undefined) return;
  groups.ended.delete(oldest);
  groups.by_name.delete(oldest);
  depart(groups.order, (id, number) => groups.by_name.get(id)?.number === number);
}
