/**
 * The calibration report: what the scheduler expects of each kind of task, and how its expectations fared.
 */
import type { OutputOf } from '../contract/operations.ts';
import type { EstimatesOfKind } from '../contract/views/estimates-view.ts';
import { spreadOf } from '../domain/learning/estimate.ts';
import type { KindRecord } from '../domain/learning/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { calibrationReport } from '../scheduling/calibration.ts';
import { decayedCount } from '../scheduling/success-estimate.ts';

const LISTED = 100;

/** Reports on every kind of task. */
export function showEstimates(state: SwarmState, now: number): OutputOf<'explain.estimates'> {
  const kinds = [...state.kinds].filter(([, { count }]) => count > 0).toSorted(([, a], [, b]) => b.count - a.count);
  return { kinds: kinds.slice(0, LISTED).map(([kind, record]) => judged(kind, record, now)), more: Math.max(0, kinds.length - LISTED) };
}

function judged(kind: string, { count, success, durations, judged: sums }: KindRecord, now: number): EstimatesOfKind {
  const { successes, observations } = decayedCount(success, now);
  return {
    kind,
    attempts: count,
    success_rate: observations === 0 ? 0 : successes / observations,
    median_factor: durations.n === 0 ? 1 : Math.exp(durations.sum / durations.n),
    spread: Math.sqrt(spreadOf(durations)),
    ...calibrationReport(sums),
  };
}
