/**
 * The calibration report: what the scheduler expects of each kind of task, and how its expectations fared.
 */
import type { OutputOf } from '../contract/operations.ts';
import { judgedKind } from '../domain/learning/judged-kind.ts';
import type { SwarmState } from '../domain/state.ts';

const LISTED = 100;

/** Reports on every kind of task. */
export function showEstimates(state: SwarmState, now: number): OutputOf<'explain.estimates'> {
  const kinds = [...state.kinds].filter(([, { count }]) => count > 0).toSorted(([, a], [, b]) => b.count - a.count);
  const shown = kinds.slice(0, LISTED);
  return { kinds: shown.map(([kind, record]) => ({ kind, ...judgedKind(record, now) })), more: kinds.length - shown.length };
}
