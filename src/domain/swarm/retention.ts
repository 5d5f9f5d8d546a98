/**
 * Which finished tasks leave memory: the oldest, when there are too many or their results are too large. Those that failed
 * for good are counted for themselves, so that many that went well do not push them out; one that others wait for stays, so
 * that its retry can let them run.
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
  const { finished, dead, settings, finished_bytes } = state;
  const tooMany = finished.size - settings.finished_in_memory;
  if (tooMany >= AT_LEAST) return retire(state, Math.min(tooMany, AT_MOST), 'others');
  const tooManyDead = dead.size - settings.dead_in_memory;
  if (tooManyDead >= AT_LEAST) return retire(state, Math.min(tooManyDead, AT_MOST), 'failed');
  if (finished_bytes <= RESULT_BYTES || finished.size + dead.size <= 1) return [];
  return finished.size > 1 ? retire(state, Math.ceil(finished.size / 2), 'others') : retire(state, Math.ceil(dead.size / 2), 'failed');
}

function retire(state: SwarmState, atMost: number, of: 'others' | 'failed'): readonly Fact[] {
  // Where nobody waits for anybody, all of them may leave.
  const count = state.dependents.size === 0 ? atMost : oldestFinished(state, { count: atMost, of }).length;
  return count === 0 ? [] : [{ type: 'tasks_retired', data: { count, of } }];
}
