/**
 * What the end of an attempt teaches. A completed attempt tells how long it took; one that failed or was taken away
 * tells only that it would have taken longer than it ran.
 */
import { censoredRatio, durationBelief, type LogRatioBelief, observeRatio } from '../../scheduling/duration-estimate.ts';
import { judgeDuration, judgeSuccess } from '../../scheduling/calibration.ts';
import { decay, observeSuccess, successEstimate } from '../../scheduling/success-estimate.ts';
import { beliefOf, spreadOf } from './estimate.ts';
import { type KindRecord, kindRecord, type PairRecord, pairRecord, type SessionRecord, type SpreadSum } from './state.ts';

const DECAY = 0.95;
/** Standard deviations that one surprise counts at the most. */
const BELIEVED = 3;
/** Failing sessions that a kind remembers: two are enough to know that it is not one of them. */
const FAILING = 2;

/** An attempt that ended. */
export interface EndedAttempt {
  readonly kind: string;
  readonly session_id: string;
  /** What the task was taken to last, in ms. */
  readonly nominal: number;
  /** How long the attempt ran, in ms; 0 when it never started. */
  readonly ran: number;
  /** null when the end says nothing about the session's skill. */
  readonly success: boolean | null;
  readonly time: number;
}

/** True when another session failed at a kind too, and nobody has completed one since. */
export function failsElsewhere(kinds: ReadonlyMap<string, KindRecord>, kind: string, session_id: string): boolean {
  return kinds.get(kind)?.failing.some((id) => id !== session_id) === true;
}

/** Takes in the end of an attempt at a session. */
export function observeAttempt(kinds: Map<string, KindRecord>, session: SessionRecord, attempt: EndedAttempt): void {
  const kind = kindRecord(kinds, attempt.kind);
  const pair = pairRecord(session, attempt.kind);
  const { success, time } = attempt;
  if (success !== null) {
    decay(kind.success, time);
    decay(session.success, time);
    decay(pair.success, time);
    if (kind.count > 0) judgeSuccess(kind.judged, successEstimate(kind.success, session.success, pair.success), success);
    kind.count += 1;
    observeSuccess(kind.success, success);
    observeSuccess(session.success, success);
    observeSuccess(pair.success, success);
    noteFailing(kind, attempt.session_id, success);
  }
  if (success === true) observeWhole(kind, session, pair, attempt);
  else if (attempt.ran > 0) observeCut(kind, session, pair, attempt);
}

function noteFailing(kind: KindRecord, session_id: string, success: boolean): void {
  if (success) {
    if (kind.failing.length > 0) kind.failing = [];
  } else if (kind.failing.length < FAILING && !kind.failing.includes(session_id)) kind.failing = [...kind.failing, session_id];
}

function observeWhole(kind: KindRecord, session: SessionRecord, pair: PairRecord, { ran, nominal }: EndedAttempt): void {
  const y = Math.log(Math.max(1, ran) / nominal);
  const isFirst = kind.durations.n === 0;
  const usual = isFirst ? y : kind.durations.sum / kind.durations.n;
  const belief = isFirst ? null : beliefOf(kind, session, pair);
  if (belief !== null) judgeDuration(kind.judged, (y - belief.mean) / Math.sqrt(belief.variance));
  observeSpread(kind.durations, y, belief === null ? 0 : boundedSurprise(y, belief));
  observeRatio(session.offset, y - usual);
  observeRatio(pair.durations, y);
}

/**
 * How far a duration was from what was expected, as far as one may be believed: at most three standard deviations (Huber 1964).
 * Else a single one, far shorter than all others, made their kind so uncertain that much longer ones were expected of it.
 */
function boundedSurprise(y: number, { mean, variance }: LogRatioBelief): number {
  const most = BELIEVED * Math.sqrt(variance);
  return Math.min(most, Math.max(-most, y - mean));
}

function observeCut(kind: KindRecord, session: SessionRecord, pair: PairRecord, { ran, nominal }: EndedAttempt): void {
  const ofPair = beliefOf(kind, session, pair);
  const ofKind = durationBelief(kind.durations, 0, spreadOf(kind.durations));
  observeRatio(pair.durations, censoredRatio(ran, nominal, ofPair));
  observeSpread(kind.durations, censoredRatio(ran, nominal, ofKind), 0);
}

function observeSpread(durations: SpreadSum, y: number, surprise: number): void {
  observeRatio(durations, y);
  durations.squares = durations.squares * DECAY + surprise * surprise;
}
