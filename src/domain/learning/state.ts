/**
 * What a swarm has learned from ended attempts: how likely they succeed and how long they take, by kind of task, by
 * session, and by both. Counts fade: each observation weighs 0.95 of the next, and successes halve every seven days.
 * Invariant: everything here follows from the events; nothing is kept for more than `KINDS` kinds.
 */
import { createSuccessCount, type SuccessCount } from '../../scheduling/success-estimate.ts';
import { type CalibrationSums, createCalibration } from '../../scheduling/calibration.ts';
import type { LogRatioSum } from '../../scheduling/duration-estimate.ts';

/** Kinds that are remembered, of the swarm and of each session; the one that was seen first is forgotten first. */
const KINDS = 1000;

/** A sum of ln(duration ÷ nominal), and one of the squared differences to what was expected: how well durations are known. */
export interface SpreadSum extends LogRatioSum {
  squares: number;
}

/** What is known of a kind of task. */
export interface KindRecord {
  /** Attempts that ended, ever. */
  count: number;
  readonly success: SuccessCount;
  readonly durations: SpreadSum;
  /** Sessions that failed at it since anybody completed one; the first few. */
  failing: readonly string[];
  /** How what was expected of it fared. */
  readonly judged: CalibrationSums;
}

/** What is known of a session with a kind. */
export interface PairRecord {
  readonly success: SuccessCount;
  readonly durations: LogRatioSum;
}

/** What is known of a session. */
export interface SessionRecord {
  readonly success: SuccessCount;
  /** How much longer it takes than others with the same kinds, as ln. */
  readonly offset: LogRatioSum;
  readonly pairs: Map<string, PairRecord>;
}

const NOBODY: readonly string[] = Object.freeze([]);

/** Nothing known of a session. */
export function createSessionRecord(): SessionRecord {
  return { success: createSuccessCount(), offset: { n: 0, sum: 0 }, pairs: new Map() };
}

/** The record of a kind, made when there is none. */
export function kindRecord(kinds: Map<string, KindRecord>, kind: string): KindRecord {
  return entryOf(kinds, kind, () => ({
    count: 0,
    success: createSuccessCount(),
    durations: { n: 0, sum: 0, squares: 0 },
    failing: NOBODY,
    judged: createCalibration(),
  }));
}

/** The record of a session with a kind, made when there is none. */
export function pairRecord(session: SessionRecord, kind: string): PairRecord {
  return entryOf(session.pairs, kind, () => ({ success: createSuccessCount(), durations: { n: 0, sum: 0 } }));
}

function entryOf<T>(entries: Map<string, T>, key: string, make: () => T): T {
  const known = entries.get(key);
  if (known !== undefined) return known;
  const made = make();
  entries.set(key, made);
  if (entries.size > KINDS) {
    const [oldest] = entries.keys();
    if (oldest !== undefined) entries.delete(oldest);
  }
  return made;
}
