/**
 * Makes a failing world smaller: what one seed drew with fewer workers, people, kinds of blows, tasks and less time, for as
 * long as the same invariant breaks. What is left is a minimal trace: every further step of these makes it hold, or breaks
 * something else. A cut says what was left out, so that the small world can be run again.
 */
import { type Blow, NOTHING_RARE, type WorldPlan } from './world-plan.ts';
import type { Verdict } from './verdict.ts';
import { SOUND_DISK } from './sim-disk.ts';
import { SOUND_NET } from './sim-net.ts';

/** What is left of a plan; what it does not name is as the seed drew it. */
export interface Cut {
  readonly workers?: number;
  readonly people?: number;
  readonly tasks?: number;
  readonly chaos_ms?: number;
  readonly blows?: readonly Blow[];
  /** Blows that happen at most. */
  readonly blows_at_most?: number;
  readonly sound_disk?: boolean;
  readonly sound_net?: boolean;
  /** Without the faults that a network has at all times. */
  readonly calm_net?: boolean;
  /** Without what only few worlds have. */
  readonly nothing_rare?: boolean;
}

/** The plan after the cut. */
export function cutPlan(plan: WorldPlan, cut: Cut): WorldPlan {
  return {
    ...plan,
    workers: plan.workers.slice(0, cut.workers ?? plan.workers.length),
    people: cut.people ?? plan.people,
    habits: { ...plan.habits, tasks: cut.tasks ?? plan.habits.tasks },
    chaos_ms: cut.chaos_ms ?? plan.chaos_ms,
    blows: cut.blows ?? plan.blows,
    blows_at_most: cut.blows_at_most ?? plan.blows_at_most,
    disk: cut.sound_disk === true ? SOUND_DISK : plan.disk,
    net: cut.sound_net === true ? SOUND_NET : plan.net,
    usualNet: cut.calm_net === true ? SOUND_NET : plan.usualNet,
    rare: cut.nothing_rare === true ? NOTHING_RARE : plan.rare,
  };
}

/** The smallest cut that was found of a world that breaks an invariant, and how it ends. `tries`: worlds that are run at most. */
export async function shrink(
  plan: WorldPlan,
  broken: Verdict,
  { run, tries }: { readonly run: (cut: Cut) => Promise<Verdict>; readonly tries: number },
): Promise<{ readonly cut: Cut; readonly verdict: Verdict; readonly tried: number }> {
  const sought = kindOf(broken);
  let found: { readonly cut: Cut; readonly verdict: Verdict } = { cut: {}, verdict: broken };
  let tried = 0;
  /** Takes the first smaller world of this kind that breaks in the same way. */
  const isShrunkBy = async (smaller: Smaller): Promise<boolean> => {
    for (const cut of smaller(cutPlan(plan, found.cut), found.cut)) {
      if (tried === tries) return false;
      tried += 1;
      const verdict = await run(cut);
      if (kindOf(verdict) !== sought) continue;
      found = { cut, verdict };
      return true;
    }
    return false;
  };
  for (let progress = true; progress && tried < tries;) {
    progress = false;
    for (const smaller of SMALLER) while (await isShrunkBy(smaller)) progress = true;
  }
  return { ...found, tried };
}

/** Which invariant broke first: its words without ids and numbers. */
function kindOf({ violations }: Verdict): string {
  return (violations[0] ?? '').replaceAll(/"[^"]*"|\b[\w/-]*\d[\w/-]*\b/g, '#').split(/[:(]/)[0] ?? '';
}

/** Cuts that leave less than this one does: large steps first. */
type Smaller = (plan: WorldPlan, cut: Cut) => Cut[];

const SMALLER: readonly Smaller[] = [
  (plan, cut) => fewer(Math.round(plan.chaos_ms), 1000).map((chaos_ms) => ({ ...cut, chaos_ms })),
  (_plan, cut) =>
    (['sound_disk', 'sound_net', 'calm_net', 'nothing_rare'] as const)
      .filter((part) => cut[part] !== true)
      .map((part) => ({ ...cut, [part]: true })),
  (plan, cut) => plan.blows.map((blow) => ({ ...cut, blows: plan.blows.filter((other) => other !== blow) })),
  (plan, cut) => fewer(plan.workers.length, 1).map((workers) => ({ ...cut, workers })),
  (plan, cut) => fewer(plan.people, 1).map((people) => ({ ...cut, people })),
  (plan, cut) => fewer(plan.habits.tasks, 1).map((tasks) => ({ ...cut, tasks })),
  (plan, cut) =>
    plan.blows.length === 0 ? [] : fewer(Math.min(plan.blows_at_most, 64), 0).map((blows_at_most) => ({ ...cut, blows_at_most })),
];

/** A quarter, a half, three quarters, one less. */
function fewer(count: number, least: number): number[] {
  const steps = [count / 4, count / 2, (count * 3) / 4, count - Math.max(1, Math.round(count / 20))].map(Math.round);
  return [...new Set(steps)].filter((step) => step >= least && step < count);
}
