/**
 * Bounded ageing. A waiting task rises by one band per tenth of `maxAge`; one that waited `maxAge`
 * is in the top band whatever its priority, and the top band is served in the order of readiness.
 * Bound: once a task has waited `maxAge`, no task that became ready later is started before it on a
 * slot that could have taken it.
 */

/** Bands: 1 to 10 are priorities, 11 is the top band of the aged. */
export const TOP_BAND = 11;

/** Steps from ready to the top band, at the latest. */
const AGEING_STEPS = 10;

/** p_eff = min(top, inherited + steps · min(1, wait / maxAge)), in whole bands. */
export function agedBand(inherited: number, wait: number, maxAge: number): number {
  const steps = Math.floor(AGEING_STEPS * Math.min(1, Math.max(0, wait) / maxAge) + 1e-9);
  return Math.min(TOP_BAND, Math.round(inherited) + steps);
}

/** When a task that is ready since a time rises next; infinite once it is at the top. */
export function nextRise(inherited: number, readySince: number, now: number, maxAge: number): number {
  if (agedBand(inherited, now - readySince, maxAge) >= TOP_BAND) return Number.POSITIVE_INFINITY;
  const done = Math.floor((AGEING_STEPS * Math.max(0, now - readySince)) / maxAge + 1e-9);
  return readySince + ((done + 1) * maxAge) / AGEING_STEPS;
}
