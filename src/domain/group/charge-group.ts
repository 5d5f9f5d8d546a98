/**
 * What a start costs the group of its task: its turn moves by what the attempt is expected to take, as is known when it
 * starts, and when the attempt ends by how much longer or shorter it held its slot. By the events, not by the board: a
 * restart, a checkpoint and a replay remember what each group got.
 */
import { chargeTurn, correctTurn } from '../../scheduling/group-turns.ts';
import { expectedTime } from '../learning/expected-time.ts';
import type { SwarmState } from '../state.ts';
import type { Lease, Task } from '../task/state.ts';
import { groupWeights } from './group-weights.ts';

/** A session got a task: what its group is charged, in ms. Tasks without a group are one group among others, once there are others. */
export function chargeGroup(state: SwarmState, task: Task, session_id: string): number {
  const session = state.sessions.get(session_id);
  if (session === undefined || (task.group === null && state.group_turns.starts.size === 0)) return 0;
  const expected = expectedTime(state, task, session);
  chargeTurn(state.group_turns, nameOf(task), expected / weightOf(state, task));
  return expected;
}

/** The lease of a task ends. */
export function settleCharge(state: SwarmState, task: Task, { charged, assigned_at }: Lease, time: number): void {
  if (charged > 0) correctTurn(state.group_turns, nameOf(task), (time - assigned_at - charged) / weightOf(state, task));
}

function nameOf({ group }: Task): string {
  return group ?? '';
}

function weightOf({ settings }: SwarmState, task: Task): number {
  return settings.group_weights === '' ? 1 : (groupWeights(settings.group_weights).get(nameOf(task)) ?? 1);
}
