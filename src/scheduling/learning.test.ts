import { describe, expect, test } from 'vitest';
import { calibrationReport, createCalibration, judgeDuration, judgeSuccess } from './calibration.ts';
import { censoredRatio, durationBelief, durationInterval, expectedDuration, observeRatio, priorLogRatio } from './duration-estimate.ts';
import { explorationFactor, mayExplore } from './exploration.ts';
import { normalCdf, normalQuantile } from './normal-distribution.ts';
import { gaussian, seededRandom } from './random.ts';
import { copyShare, expectedRemaining, isSuspect, reassignmentPays } from './straggler.ts';
import { createSuccessCount, decayedCount, HALF_LIFE_MS, NO_OBSERVATIONS, observeSuccess, successEstimate } from './success-estimate.ts';

describe('the normal distribution', () => {
  test('agrees with the tables', () => {
    expect(normalCdf(0)).toBeCloseTo(0.5, 12);
    expect(normalCdf(1.645)).toBeCloseTo(0.9500150944608786, 10);
    expect(normalCdf(-3)).toBeCloseTo(0.0013498980316300957, 12);
    expect(normalQuantile(0.95)).toBeCloseTo(1.6448536269514722, 8);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167813, 7);
  });
});

describe('success estimates', () => {
  test('without observations are the prior 2/3', () => {
    // p_k = 2/3, p⁰ = 4·(2/3)/4, p̂ = the same.
    expect(successEstimate(NO_OBSERVATIONS, NO_OBSERVATIONS, NO_OBSERVATIONS)).toBeCloseTo(2 / 3, 12);
  });

  test('shrink from the pair to the session to the type', () => {
    const count = (successes: number, observations: number) => ({ successes, observations, at: 0 });
    // p_k = (7+2)/(10+3) = 0.692308; p⁰ = (3 + 4·0.692308)/(6+4) = 0.576923; p̂ = (0 + 4·0.576923)/(2+4) = 0.384615.
    expect(successEstimate(count(7, 10), count(3, 6), count(0, 2))).toBeCloseTo(0.384615, 6);
  });

  test('decay by 0.95 per observation and by half in seven days', () => {
    const two = createSuccessCount();
    observeSuccess(two, true);
    observeSuccess(two, false);
    expect(two).toEqual({ successes: 0.95, observations: 1.95, at: 0 });
    expect(decayedCount(two, HALF_LIFE_MS)).toEqual({ successes: 0.475, observations: 0.975, at: HALF_LIFE_MS });
  });
});

describe('duration estimates', () => {
  test('shrink the mean log ratio by hand-computed precision', () => {
    // n = 4, Σy = 2, m₀ = 0.1: P = 4/0.25 + 1/0.06 = 32.6667; μ = (2/0.25 + 0.1/0.06)/P = 9.66667/32.6667 = 0.295918.
    const belief = durationBelief({ n: 4, sum: 2 }, 0.1);
    expect(belief.mean).toBeCloseTo(0.295918, 6);
    expect(belief.meanVariance).toBeCloseTo(1 / 32.666667, 8);
    // E[D] = 10·exp(0.295918 + (0.25 + 0.0306122)/2) = 10·exp(0.436224) = 15.4685.
    expect(expectedDuration(10, belief)).toBeCloseTo(15.4685, 3);
  });

  test('start at the time multiplier of the capability', () => {
    expect(priorLogRatio({ n: 0, sum: 0 }, 0, 0.5)).toBeCloseTo(Math.log(0.5), 12);
    expect(priorLogRatio({ n: 2, sum: 1 }, 0.2, 0.5)).toBeCloseTo(0.7, 12);
  });

  test('count a stopped attempt at what it would probably have taken', () => {
    const belief = durationBelief({ n: 0, sum: 0 }, 0);
    expect(censoredRatio(20, 10, belief)).toBeGreaterThan(Math.log(2));
    expect(censoredRatio(0.001, 10, belief)).toBeCloseTo(0, 3);
  });

  test('are calibrated on lognormal durations', () => {
    const random = seededRandom(5);
    const observed = { n: 0, sum: 0 };
    let half = 0;
    let ninety = 0;
    const holds = ({ low, high }: { low: number; high: number }, actual: number) => Number(actual >= low && actual <= high);
    for (let k = 0; k < 4000; k++) {
      const belief = durationBelief(observed, 0);
      const actual = 10 * Math.exp(0.3 + 0.5 * gaussian(random));
      half += holds(durationInterval(10, belief, 0.5), actual);
      ninety += holds(durationInterval(10, belief, 0.9), actual);
      observeRatio(observed, Math.log(actual / 10));
    }
    expect(Math.abs(half / 4000 - 0.5)).toBeLessThan(0.05);
    expect(Math.abs(ninety / 4000 - 0.9)).toBeLessThan(0.05);
  });
});

describe('stragglers', () => {
  test('are suspect beyond the 95th percentile', () => {
    expect(isSuspect(5.1, 0, 1)).toBe(false);
    expect(isSuspect(5.2, 0, 1)).toBe(true);
  });

  test('have the remaining time of the formula', () => {
    // m = 0, s = 1, t = 1: e^0.5·Φ(1)/Φ(0) - 1 = 1.648721·0.841345/0.5 - 1 = 1.774286.
    expect(expectedRemaining(1, 0, 1)).toBeCloseTo(1.774286, 5);
    expect(expectedRemaining(0, 0, 1)).toBeCloseTo(1.648721, 6);
    expect(expectedRemaining(1e20, 0, 1)).toBeGreaterThan(1e18);
  });

  test('begin anew elsewhere only where that is expected to end sooner, handing over included', () => {
    expect(reassignmentPays({ remaining: 16, elsewhere: 10, handover: 5 })).toBe(true);
    expect(reassignmentPays({ remaining: 15, elsewhere: 10, handover: 5 })).toBe(false);
  });

  test('may have copies on a tenth of the slots, and on one at least', () => {
    expect([0, 1, 19, 20, 199].map(copyShare)).toEqual([1, 1, 1, 2, 19]);
  });
});

describe('calibration', () => {
  test('trusts what covers and beats the base rate, and says when there is too little to tell', () => {
    const random = seededRandom(5);
    const honest = createCalibration();
    const narrow = createCalibration();
    expect(calibrationReport(honest)).toMatchObject({ coverage_50: null, brier: null, durations_trusted: null });
    for (let k = 0; k < 4000; k++) {
      const deviation = gaussian(random);
      judgeDuration(honest, deviation);
      judgeDuration(narrow, 2 * deviation);
      const easy = k % 2 === 0;
      const success = random() < (easy ? 0.9 : 0.2);
      judgeSuccess(honest, easy ? 0.9 : 0.2, success);
      judgeSuccess(narrow, easy ? 0.2 : 0.9, success);
    }
    const report = calibrationReport(honest);
    expect(Math.abs((report.coverage_90 ?? 0) - 0.9)).toBeLessThan(0.08);
    expect(report.success_trusted).toBe(true);
    expect(calibrationReport(narrow)).toMatchObject({ durations_trusted: false, success_trusted: false });
  });
});

describe('exploration', () => {
  test('needs slack, no urgency and room within 5 %', () => {
    const situation = { slack: 10, expectedDuration: 5, priority: 5, explored: 0, dispatched: 100 };
    expect(mayExplore(situation)).toBe(true);
    expect(mayExplore({ ...situation, slack: 4 })).toBe(false);
    expect(mayExplore({ ...situation, priority: 9 })).toBe(false);
    expect(mayExplore({ ...situation, explored: 5 })).toBe(false);
    expect(explorationFactor(0.06)).toBeLessThan(1);
  });
});
