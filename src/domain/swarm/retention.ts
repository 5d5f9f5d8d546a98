/**
 * Which finished tasks leave memory: the oldest, when there are too many or their results are too large. A failed task
 * that others wait for stays, so that its retry can let them run.
 */
import type { Fact } from '../../contract/event.ts';
import type { SwarmState } from '../state.ts';
import { oldestFinished } from '../task/evolve.ts';

const AT_ONCE = 1000;
const RESULT_BYTES = 64 * 1_048_576;

/** The fact that the oldest finished tasks leave, when it is time. */
export function decideRetention(state: SwarmState): readonly Fact[] {
  const { size } = state.finished;
  const tooMany = size >= state.settings.finished_in_memory + AT_ONCE;
  const tooLarge = state.finished_bytes > RESULT_BYTES && size > 1;
  if (!tooMany && !tooLarge) return [];
  const count = oldestFinished(state, tooMany ? AT_ONCE : Math.ceil(size / 2)).length;
  return count === 0 ? [] : [{ type: 'tasks_retired', data: { count } }];
}
