/**
 * The rule of suspending: a running task lets others go first. It gives its slot back and waits for them as for dependencies,
 * so that parts of parts run even where a session has one slot. Whoever would then wait for itself is refused.
 */
import type { Fact } from '../../contract/event.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { DecideContext, Rule } from '../decision.ts';
import { isRefused, refusal } from '../refuse.ts';
import { returnOf } from '../session/live-session.ts';
import type { SwarmState } from '../state.ts';
import { BODY_BYTES, failedAtOnce } from './decide-add.ts';
import { cascadeFrom } from './failure.ts';
import { heldTask } from './held-task.ts';
import { jsonBytes } from './json-size.ts';
import { isTerminal, type Task } from './state.ts';

/** Gives a held task back until others have ended. */
export const suspendRule: Rule<'work.suspend'> = {
  names: (state, input) => [input.task_id, ...input.wait_for].filter((id) => !state.tasks.has(id)),
  decide: (state, input, context) => {
    const held = heldTask(state, input, context);
    if (isRefused(held)) return held;
    const { session, task, lease } = held;
    const wait_for = [...new Set(input.wait_for)];
    const policy = input.on_dependency_failure ?? 'ignore';
    const no = refuseWaiting(state, task, wait_for, context);
    if (no !== null) return no;
    const bytes = jsonBytes(input.checkpoint, BODY_BYTES);
    if (bytes > BODY_BYTES) return refusal('event_too_large', { bytes, limit: BODY_BYTES });
    const waiting = wait_for.filter((id) => {
      const status = state.tasks.get(id)?.status ?? context.retired.get(id)?.status ?? 'completed';
      return !(status === 'completed' || (policy === 'ignore' && isTerminal(status)));
    });
    const data = {
      task_id: task.id,
      prev: 0,
      lease: lease.number,
      session_id: session.id,
      wait_for,
      waiting_for: waiting.length,
      on_dependency_failure: policy,
      checkpoint: input.checkpoint ?? null,
    };
    const facts: Fact[] = [...returnOf(session), { type: 'task_suspended', data }];
    if (policy !== 'cascade' || !wait_for.some((id) => hasFailed(state, id, context))) return facts;
    return [...facts, failedAtOnce(task.id), ...cascadeFrom(state, task)];
  },
};

function hasFailed(state: SwarmState, id: string, { retired }: DecideContext): boolean {
  const status = state.tasks.get(id)?.status ?? retired.get(id)?.status;
  return status === 'failed' || status === 'cancelled';
}

/** Why a task cannot wait for these: one is not there, or waits for it, through whomever. */
function refuseWaiting(state: SwarmState, task: Task, ids: readonly string[], { retired }: DecideContext): Refusal | null {
  for (const id of ids) {
    if (!state.tasks.has(id) && !retired.has(id)) return refusal('dependency_unknown', { task_id: task.id, dependency: id });
  }
  const cycle = pathTo(state, task.id, ids);
  return cycle === null ? null : refusal('dependency_cycle', { cycle: [task.id, ...cycle].join(' → ') });
}

/** The way from one of these tasks to `goal` along what each waits for, or null. */
function pathTo(state: SwarmState, goal: string, from: readonly string[]): string[] | null {
  const cameFrom = new Map<string, string | null>(from.map((id) => [id, null]));
  for (const id of cameFrom.keys()) {
    if (id === goal) return wayTo(cameFrom, id);
    const task = state.tasks.get(id);
    // One that failed may be retried, and waits again for what it waited for.
    if (task === undefined || task.status === 'completed') continue;
    for (const next of task.dependencies) if (!cameFrom.has(next)) cameFrom.set(next, id);
  }
  return null;
}

function wayTo(cameFrom: ReadonlyMap<string, string | null>, end: string): string[] {
  const way: string[] = [];
  for (let id: string | null = end; id !== null; id = cameFrom.get(id) ?? null) way.unshift(id);
  return way;
}
