/**
 * Seed plans without search: HEFT (upward rank, earliest finish with insertion) and the event list
 * by the same rank, each also justified forward and backward; the best of them counts. On some
 * problems insertion wins, on others the event list: both run.
 */
import { ForwardBackward } from './forward-backward.ts';
import { columnContention, ParallelGenerator } from './parallel-generation.ts';
import { type PlanProblem } from './plan-problem.ts';
import { copySchedule, emptySchedule, type Schedule } from './schedule.ts';
import { SerialGenerator } from './serial-generation.ts';
import { meanDurations, upwardRanks } from './upward-rank.ts';
import { type PlanCost } from './window-search.ts';

/**
 * Keys in the order of dispatch: higher bands first, then the upward rank over durations weighted by
 * the share of the resources taken, plus half of the queue at the least wanted capable column.
 */
function rankKeys(problem: PlanProblem): Float64Array {
  const durations = meanDurations(problem);
  const { demandStart, demandResource, demandAmount, capacity, optionStart, optionColumn } = problem;
  const weighted = durations.map((duration, task) => {
    let share = 0;
    for (let k = demandStart[task]!; k < demandStart[task + 1]!; k++) share += demandAmount[k]! / capacity[demandResource[k]!]!;
    return duration * (1 + share);
  });
  const contention = columnContention(problem);
  const urgency = upwardRanks(problem, weighted).map((rank, task) => {
    let least = Number.POSITIVE_INFINITY;
    for (let k = optionStart[task]!; k < optionStart[task + 1]!; k++) {
      least = Math.min(least, problem.unbounded[optionColumn[k]!] === 1 ? 0 : contention[optionColumn[k]!]!);
    }
    return rank + 0.5 * least;
  });
  const step = 1 + urgency.reduce((most, rank) => Math.max(most, rank), 0);
  return urgency.map((rank, task) => -rank - problem.band[task]! * step);
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
