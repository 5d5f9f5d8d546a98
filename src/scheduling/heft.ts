/**
 * Seed plans without search: HEFT (upward rank, earliest finish with insertion) and the event list
 * by the same rank, each also justified forward and backward; the best of them counts. On some
 * problems insertion wins, on others the event list: both run.
 */
import { ForwardBackward } from './forward-backward.ts';
import { ParallelGenerator } from './parallel-generation.ts';
import { type PlanProblem } from './plan-problem.ts';
import { copySchedule, emptySchedule, type Schedule } from './schedule.ts';
import { SerialGenerator } from './serial-generation.ts';
import { meanDurations, upwardRanks } from './upward-rank.ts';
import { type PlanCost } from './window-search.ts';

/** Keys in the order of HEFT: higher bands first, then longer upward ranks. */
export function rankKeys(problem: PlanProblem): Float64Array {
  const ranks = upwardRanks(problem, meanDurations(problem));
  const step = 1 + ranks.reduce((most, rank) => Math.max(most, rank), 0);
  return ranks.map((rank, task) => -rank - problem.band[task]! * step);
}

/** The best seed plan by the cost; with `incumbent` keys (starts of an earlier plan) that plan is a seed too. */
export function seedPlan(problem: PlanProblem, cost: PlanCost, incumbent?: Float64Array): Schedule {
  const best = emptySchedule(problem);
  const trial = emptySchedule(problem);
  const serial = new SerialGenerator(problem);
  const justification = new ForwardBackward(problem, serial);
  const keys = rankKeys(problem);
  let bestCost = Number.POSITIVE_INFINITY;
  const take = (): void => {
    const trialCost = cost(trial);
    if (trialCost >= bestCost) return;
    bestCost = trialCost;
    copySchedule(trial, best);
  };
  if (incumbent !== undefined) {
    serial.generate(incumbent, trial);
    take();
  }
  new ParallelGenerator(problem).generate(keys, trial);
  take();
  justification.justify(trial);
  take();
  serial.generate(keys, trial);
  take();
  for (let pass = 0; pass < 2; pass++) {
    justification.justify(trial);
    take();
  }
  return best;
}
