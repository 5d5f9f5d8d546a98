/**
 * When the backlog will be done, as a range: from what was learned of each kind of task, the sessions that are there, and the
 * longest chain of dependencies. Bounds of list scheduling (Graham 1969): no plan is shorter than max(work ÷ slots, chain), and
 * none that keeps sessions busy is longer than work ÷ slots + chain; both are widened by 1.28 standard deviations (80 %).
 */
import type { OutputOf } from '../contract/operations.ts';
import { beliefOf } from '../domain/learning/estimate.ts';
import { kindOf, nominalDuration } from '../domain/learning/task-kind.ts';
import { isCapable, isMember } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { isTerminal, type Task } from '../domain/task/state.ts';
import { isoTime } from './time.ts';

const ENDED_NEEDED = 5;
const TASKS_AT_MOST = 50_000;
const SPREAD = 1.28;
/** A running task that has outlived its estimate takes this part of it longer. */
const LEAST_LEFT = 0.05;

/** What is left of a task: expected ms and its variance. */
interface Left {
  readonly mean: number;
  readonly variance: number;
}
const NOTHING_LEFT: Left = { mean: 0, variance: 0 };

/** The forecast at `now`. */
export function showForecast(state: SwarmState, now: number): OutputOf<'swarm.forecast'> {
  const open = state.task_counts.pending + state.task_counts.assigned + state.task_counts.in_progress;
  const ended = state.activity.completed_ever;
  const none = { open, ended, ended_needed: ENDED_NEEDED, unreachable: 0, from: null, to: null };
  if (open === 0) return { ...none, unknown: 'nothing_open' };
  if (ended < ENDED_NEEDED) return { ...none, unknown: 'too_few_ended' };
  if (open > TASKS_AT_MOST) return { ...none, unknown: 'too_many_open' };
  const left = new Map<string, Left>();
  const work = new Map<string | null, Left>();
  for (const task of state.tasks.values()) {
    if (isTerminal(task.status)) continue;
    const one = leftOf(state, task, now);
    left.set(task.id, one);
    work.set(task.required_capability, sumOf(work.get(task.required_capability) ?? NOTHING_LEFT, one));
  }
  const loads = [...work].map(([capability, sum]) => loadOf(state, capability, sum));
  const unreachable = loads.filter(({ slots }) => slots === 0).length;
  const reachable = loads.filter(({ slots }) => slots > 0);
  if (reachable.length === 0) return { ...none, unreachable, unknown: 'no_sessions' };
  const all = loadOf(state, null, reachable.map(({ sum }) => sum).reduce(sumOf, NOTHING_LEFT));
  const busiest = Math.max(all.ms, ...reachable.map(({ ms }) => ms));
  const chain = longestChain(state, left);
  const deviation = Math.max(Math.sqrt(all.sum.variance) / all.slots, Math.sqrt(chain.variance));
  const least = Math.max(busiest, chain.mean) - SPREAD * deviation;
  const most = busiest + chain.mean + SPREAD * deviation;
  return { ...none, unreachable, from: isoTime(now + Math.max(0, least)), to: isoTime(now + most), unknown: null };
}

function leftOf({ kinds }: SwarmState, task: Task, now: number): Left {
  const known = kinds.get(kindOf(task));
  const { mean, variance } = known === undefined ? { mean: 0, variance: 0.25 } : beliefOf(known, undefined, undefined);
  const whole = nominalDuration(task) * Math.exp(mean + variance / 2);
  const since = task.lease === null || task.lease.started_at === 0 ? 0 : now - task.lease.started_at;
  const rest = Math.max(whole * LEAST_LEFT, whole - since);
  return { mean: rest, variance: rest * rest * (Math.exp(variance) - 1) };
}

function sumOf(a: Left, b: Left): Left {
  return { mean: a.mean + b.mean, variance: a.variance + b.variance };
}

/** The slots of live sessions for this work, and how long it takes them. */
function loadOf(
  state: SwarmState,
  capability: string | null,
  sum: Left,
): { readonly sum: Left; readonly slots: number; readonly ms: number } {
  let slots = 0;
  for (const session of state.sessions.values()) {
    if (isMember(session) && !session.offline && isCapable(session, capability)) slots += session.slots;
  }
  return { sum, slots, ms: slots === 0 ? 0 : sum.mean / slots };
}

/** The chain of dependencies that takes longest; dependencies never form a cycle. */
function longestChain(state: SwarmState, left: ReadonlyMap<string, Left>): Left {
  const chains = new Map<string, Left>();
  let longest = NOTHING_LEFT;
  for (const id of left.keys()) {
    const stack = [id];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const open = (state.tasks.get(top)?.dependencies ?? []).filter((each) => left.has(each));
      const missing = open.filter((each) => !chains.has(each));
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      stack.pop();
      const before = open.map((each) => chains.get(each) ?? NOTHING_LEFT).reduce((a, b) => (b.mean > a.mean ? b : a), NOTHING_LEFT);
      const chain = sumOf(before, left.get(top) ?? NOTHING_LEFT);
      chains.set(top, chain);
      if (chain.mean > longest.mean) longest = chain;
    }
  }
  return longest;
}
