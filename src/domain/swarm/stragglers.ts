/**
 * Attempts that report progress and yet take far longer than their kind does: told so, and given to another session where
 * what is left here is expected to take longer than the whole elsewhere; with `copy`, that is done by the dispatch, and this
 * attempt goes on.
 * States of a lease: in time → overrun (the session is probed once) → revoked, or it ends by itself.
 */
import type { Fact } from '../../contract/event.ts';
import { expectedRemaining } from '../../scheduling/straggler.ts';
import { normalQuantile } from '../../scheduling/normal-distribution.ts';
import { beliefOf, durationQuantile, estimateOf } from '../learning/estimate.ts';
import { kindOf, nominalDuration } from '../learning/task-kind.ts';
import { slotsToGive } from '../session/slots-to-give.ts';
import { isCapable, isMember } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { type ReleaseContext, releaseTask } from '../task/release.ts';
import type { Lease, Task } from '../task/state.ts';

/** What it costs to begin anew elsewhere. */
export const HANDOVER_MS = 60_000;

/** When a running attempt has taken longer than `straggler_quantile` of its kind does; Infinity when that is not known, or was said already. */
export function overrunAt(state: SwarmState, task: Task, lease: Lease): number {
  const { straggler_action, straggler_quantile, probe_grace } = state.settings;
  if (straggler_action === 'off' || lease.started_at === 0 || lease.overrun_at > 0 || task.questions > 0) return Infinity;
  const learned = state.sessions.get(lease.session_id)?.performance.learned;
  const work = { kind: kindOf(task), nominal: nominalDuration(task) };
  const usual = durationQuantile(state.kinds, learned, work, normalQuantile(straggler_quantile));
  return usual === 0 ? Infinity : Math.max(lease.started_at, state.recovered_at) + Math.max(usual, probe_grace * 1000);
}

/** What is due for an attempt at `now`. */
export function decideStraggler(state: SwarmState, task: Task, lease: Lease, context: ReleaseContext): readonly Fact[] {
  const { now } = context;
  if (overrunAt(state, task, lease) <= now) {
    const silent_ms = now - lease.progress_at;
    const { number, session_id } = lease;
    return [{ type: 'task_probed', data: { task_id: task.id, prev: 0, lease: number, session_id, silent_ms, overrun: true } }];
  }
  const { straggler_action, probe_grace } = state.settings;
  if (straggler_action !== 'reassign' || lease.overrun_at <= 0 || lease.probed_at !== 0 || task.questions > 0) return [];
  if (now < lease.overrun_at + probe_grace * 1000) return [];
  return reassignmentPays(state, task, lease, now) ? releaseTask(state, task, 'straggling', context) : [];
}

/** How long an attempt that has overrun is expected to go on, ms; null when nothing is known of its kind. */
export function expectedToRemain(state: SwarmState, task: Task, lease: Lease, now: number): number | null {
  const kind = kindOf(task);
  const known = state.kinds.get(kind);
  const learned = state.sessions.get(lease.session_id)?.performance.learned;
  if (known === undefined || learned === undefined) return null;
  const { mean, variance } = beliefOf(known, learned, learned.pairs.get(kind));
  // What fits the usual attempts says little of those that hang: such a one takes at least as long again as it has overrun.
  const usual = expectedRemaining(now - lease.started_at, mean + Math.log(nominalDuration(task)), Math.sqrt(variance));
  return Math.max(usual, now - lease.overrun_at);
}

/** True when what is left here is expected to take longer than all of it at an idle session. */
function reassignmentPays(state: SwarmState, task: Task, lease: Lease, now: number): boolean {
  const remaining = expectedToRemain(state, task, lease, now);
  if (remaining === null) return false;
  const kind = kindOf(task);
  const nominal = nominalDuration(task);
  for (const session of state.sessions.values()) {
    if (session.id === lease.session_id || !isMember(session) || session.status !== 'idle') continue;
    if (slotsToGive(session, now) === 0 || !isCapable(session, task.required_capability)) continue;
    const { factor, success } = estimateOf(state.kinds, session.performance.learned, kind, now);
    if (remaining > (nominal * factor) / success + HANDOVER_MS) return true;
  }
  return false;
}
