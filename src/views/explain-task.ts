/**
 * Why a task is where it is (F1, F10): what keeps it from running, or what decided where it runs.
 */
import type { BlockingReason, ExplainedAssignment, TaskExplanation } from '../contract/views/explain-view.ts';
import type { TaskTerms } from '../domain/dispatch/candidates.ts';
import type { SwarmState } from '../domain/state.ts';
import { isTerminal, type Lease, type Task } from '../domain/task/state.ts';
import { setbackAt } from '../domain/task/setbacks.ts';
import { explainCopying } from './explain-copying.ts';
import { explainEnding } from './explain-ending.ts';
import { listed } from './phrases.ts';
import { isoTime, spokenTime } from './time.ts';
import type { ViewContext } from './view-context.ts';
import { waitingReasons } from './waiting-reasons.ts';

const CANDIDATES_SHOWN = 20;

/** Explains a task in memory. */
export function explainTask(state: SwarmState, task: Task, context: ViewContext): TaskExplanation {
  const { now, dispatch } = context;
  const assignment = task.lease === null ? null : explainLease(task, task.lease);
  const known = task.status === 'pending' ? dispatch.candidates(task) : null;
  const reasons = known === null ? [] : reasonsOf(state, task, known, now);
  const shown = known?.candidates.slice(0, CANDIDATES_SHOWN) ?? [];
  return {
    task_id: task.id,
    status: task.status,
    text: `${assignment?.text ?? reasons[0]?.text ?? explainEnding(state, task)}${overdueOf(task)}`,
    reasons,
    assignment,
    copying: task.lease === null ? null : explainCopying(state, task, task.lease, context),
    order: { ...known?.order },
    candidates: shown.map(({ session, obstacle, terms }) => ({ session_id: session.id, obstacle, terms: { ...terms } })),
    more: (known?.candidates.length ?? 0) - shown.length,
  };
}

function overdueOf({ status, overdue, options }: Task): string {
  if (!overdue || isTerminal(status)) return '';
  return ` Its deadline passed at ${spokenTime(options.deadline)}, so it goes before others of its priority.`;
}

/** Why a session holds a task. */
export function explainLease(task: Task, { number, session_id, assigned_at, policy, score, why }: Lease): ExplainedAssignment {
  return {
    task_id: task.id,
    session_id,
    lease: number,
    assigned_at: isoTime(assigned_at),
    policy,
    rule: why?.rule ?? null,
    score,
    text:
      why === null
        ? `${session_id} claimed it by name.`
        : `${session_id} got it by ${policy} (${why.rule}), score ${score.toFixed(2)}${othersOf(why)}`,
    order: { ...why?.order },
    candidates: why?.candidates.map(({ session_id: id, terms }) => ({ session_id: id, terms: { ...terms } })) ?? [],
    more: why?.more ?? 0,
  };
}

function othersOf(why: NonNullable<Lease['why']>): string {
  const others = why.candidates.length - 1 + why.more;
  return others <= 0 ? '; no other candidate.' : `, before ${others} other candidate${others === 1 ? '' : 's'}.`;
}

function reasonsOf(state: SwarmState, task: Task, { candidates, kept, keptFor, planned }: TaskTerms, now: number): BlockingReason[] {
  const reasons: BlockingReason[] = [...waitingReasons(state, task, now)];
  const rest = reasons.filter(({ code }) => code !== 'ready');
  if (planned !== null && candidates[0]?.obstacle === null) {
    const text = `A plan keeps it for ${planned.session.id} at ${spokenTime(planned.at)}: so the whole ends sooner.`;
    return [{ code: 'reserved', text, unblock: 'It starts there, or elsewhere once that time is over.' }, ...rest];
  }
  if (keptFor !== null) {
    const { session, task: urgent, until } = keptFor;
    const text = `${session.id} is kept for ${urgent.id}, which is more urgent and expected to be ready at ${spokenTime(until)}.`;
    return [{ code: 'reserved', text, unblock: 'It starts elsewhere at once, or there after that time.' }, ...rest];
  }
  const setback = candidates[0]?.obstacle === 'set_back' ? setbackAt(state, task.id, candidates[0].session.id) : undefined;
  if (setback !== undefined) {
    const { session_id, until } = setback;
    const text = `${session_id} was too slow for it, so until ${spokenTime(until)} it waits for another that could do it.`;
    return [
      { code: 'reserved', text, unblock: 'It starts elsewhere as soon as one is free, or there after that time; or claim it by name.' },
      ...rest,
    ];
  }
  if (!kept) return reasons;
  const busy = candidates.filter(({ obstacle }) => obstacle === 'no_free_slot').map(({ session }) => session.id);
  const text = `It is kept for a busy session that would end it sooner than those that are free: ${listed(busy)}.`;
  return [{ code: 'reserved', text, unblock: 'It starts there, or elsewhere once waiting no longer pays.' }, ...rest];
}
