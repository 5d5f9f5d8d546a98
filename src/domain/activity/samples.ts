/**
 * The metrics of the last hours, one sample per `metrics_interval` (A13): what the counts were then. Not state: it follows from
 * the log, and who wants older figures asks for a moment of the past.
 * Invariant: at most `KEPT` samples, the oldest first.
 */
import type { TaskStatus } from '../../contract/ids.ts';
import type { SwarmState } from '../state.ts';
import { lastHour } from './state.ts';

/** Two hours at 30 s. */
const KEPT = 240;

/** The counts of a moment. */
export interface MetricsSample {
  /** ms since 1970. */
  readonly time: number;
  readonly seq: number;
  readonly sessions: Readonly<SwarmState['session_counts']>;
  readonly tasks: Readonly<Record<TaskStatus, number>>;
  readonly ready: number;
  /** Busy ÷ active session time over the hour before. */
  readonly utilization: number;
  /** Tasks completed in the hour before. */
  readonly throughput: number;
}

/** Takes a sample and forgets the oldest where there are too many. */
export function takeSample(samples: MetricsSample[], state: SwarmState, now: number): void {
  const { seq, session_counts, task_counts, ready, activity } = state;
  const { active_ms, busy_ms, completed } = lastHour(activity, now, session_counts);
  samples.push({
    time: now,
    seq,
    sessions: { ...session_counts },
    tasks: { ...task_counts },
    ready: ready.size,
    utilization: utilizationOf({ active_ms, busy_ms }),
    throughput: completed,
  });
  if (samples.length > KEPT) samples.shift();
}

/** Busy ÷ active session time, 0 without any, at most 1. */
export function utilizationOf({ active_ms, busy_ms }: { readonly active_ms: number; readonly busy_ms: number }): number {
  return active_ms === 0 ? 0 : Math.min(1, busy_ms / active_ms);
}
