/**
 * Attempts that run longer than they should. With ln(duration) normal (m, s), after a time t:
 * suspect if t > exp(m + 1.645 s), the 95th percentile;
 * E[rem] = exp(m + s²/2)·Φ((m + s² - ln t)/s)/Φ((m - ln t)/s) - t.
 * Source: mean residual life of the lognormal; LATE (Zaharia et al. 2008) for acting on the remainder.
 */
import { normalCdf } from './normal-distribution.ts';

/** Largest part of the slots that may run speculative copies. */
const COPY_SHARE = 0.1;

/** True when an attempt has run beyond the 95th percentile of its duration. */
export function isSuspect(ran: number, logMean: number, logSpread: number): boolean {
  return ran > Math.exp(logMean + 1.645 * logSpread);
}

/** Expected remaining time of an attempt that has run for `ran`, in the unit of the durations. */
export function expectedRemaining(ran: number, logMean: number, logSpread: number): number {
  const mean = Math.exp(logMean + (logSpread * logSpread) / 2);
  if (ran <= 0) return mean;
  if (logSpread <= 0) return Math.max(0, Math.exp(logMean) - ran);
  const z = (logMean - Math.log(ran)) / logSpread;
  // Far in the tail the quotient of two vanishing numbers is replaced by its limit t·s²/(ln t - m).
  if (z < -30) return (ran * logSpread) / -z;
  return Math.max(0, (mean * normalCdf(z + logSpread)) / normalCdf(z) - ran);
}

/** What is known when deciding about a suspect attempt; times in one unit. */
export interface StragglerSituation {
  readonly remaining: number;
  /** Expected duration at the best other session, and the cost of handing over. */
  readonly elsewhere: number;
  readonly handover: number;
}

/** True when beginning anew is expected to end sooner than waiting. */
export function reassignmentPays({ remaining, elsewhere, handover }: StragglerSituation): boolean {
  return remaining > elsewhere + handover;
}

/** Speculative copies that so many slots may run at the same time: a tenth of them, and at least one. */
export function copyShare(slots: number): number {
  return Math.max(1, Math.floor(COPY_SHARE * slots));
}
