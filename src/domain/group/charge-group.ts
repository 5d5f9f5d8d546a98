/**
 * What a start costs the group of its task: its turn moves by what the attempt is expected to take, as is known when it
 * starts. By the event, not by the board: a restart, a checkpoint and a replay remember what each group got.
 */
import { chargeTurn } from '../../scheduling/group-turns.ts';
import { expectedTime } from '../learning/expected-time.ts';
import type { SwarmState } from '../state.ts';
import type { Task } from '../task/state.ts';
import { groupWeights } from './group-weights.ts';

/** A session got a task. Tasks without a group are one group among others, once there are others. */
export function chargeGroup(state: SwarmState, task: Task, session_id: string): void {
  const { group_turns: turns, settings } = state;
  if (task.group === null && turns.starts.size === 0) return;
  const session = state.sessions.get(session_id);
  if (session === undefined) return;
  const group = task.group ?? '';
  const weight = settings.group_weights === '' ? 1 : (groupWeights(settings.group_weights).get(group) ?? 1);
  chargeTurn(turns, group, expectedTime(state, task, session) / weight);
}
