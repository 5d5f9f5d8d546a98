/**
 * Which finished tasks leave memory: the oldest, when there are too many or their results are too large. A failed task
 * that others wait for stays, so that its retry can let them run.
 */
import type { Fact } from '../../contract/event.ts';
import type { SwarmState } from '../state.ts';
import { oldestFinished } from '../task/evolve.ts';

/** Few at a time, so that no commit has to write many rows at once. */
const AT_LEAST = 64;
const AT_MOST = 1000;
const RESULT_BYTES = 64 * 1_048_576;

/** The fact that the oldest finished tasks leave, when it is time. */
export function decideRetention(state: SwarmState): readonly Fact[] {
  const { size } = state.finished;
  const excess = size - state.settings.finished_in_memory;
  const tooMany = excess >= AT_LEAST;
  const tooLarge = state.finished_bytes > RESULT_BYTES && size > 1;
  if (!tooMany && !tooLarge) return [];
  const wanted = tooMany ? Math.min(excess, AT_MOST) : Math.ceil(size / 2);
  const count = state.dependents.size === 0 ? wanted : oldestFinished(state, wanted).length;
  return count === 0 ? [] : [{ type: 'tasks_retired', data: { count } }];
}
