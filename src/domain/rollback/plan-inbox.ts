/**
 * What a rollback does to signals and questions: what was open then and is closed since is raised or asked anew, as another
 * record; what is open since is dismissed or withdrawn.
 * Invariants: a closed record is never changed; an answer that somebody gave stands; nobody's wait for an answer ends.
 */
import type { Fact } from '../../contract/event.ts';
import type { KeptThing } from '../../contract/events/swarm-events.ts';
import { whyMoot } from '../decision/decide.ts';
import type { DecisionRecord } from '../decision/state.ts';
import type { DecideContext } from '../decision.ts';
import { nextId, whoIsFull } from '../inbox/ledger.ts';
import { isMember } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { canonicalJson } from '../task/content-hash.ts';
import type { Earlier } from './earlier.ts';
import { type EarlierQuestion, inboxOf } from './earlier-inbox.ts';
import type { TaskPlan } from './plan-tasks.ts';

interface InboxPlan {
  readonly facts: readonly Fact[];
  readonly kept: readonly KeptThing[];
}

const ANSWER_SHOWN = 80;

/** Signals. As many are open then as were, so there is room. */
export function planSignals(state: SwarmState, { seq, inbox }: Earlier, { caller }: Pick<DecideContext, 'caller'>): InboxPlan {
  const facts: Fact[] = [];
  const resolution = `rolled back to event ${seq}: it was not open then`;
  for (const signal_id of inbox.signals_since) {
    if (!state.signals.open.has(signal_id)) continue;
    facts.push({ type: 'signal_resolved', data: { signal_id, outcome: 'dismissed', resolution, resolved_by: caller.actor } });
  }
  const open = new Set(Array.from(inboxOf(state).signals.values(), canonicalJson));
  let raised = 0;
  for (const was of inbox.signals.values()) {
    if (open.has(canonicalJson(was))) continue;
    facts.push({ type: 'signal_raised', data: { signal_id: nextId(state.signals, 'signal', raised), ...was } });
    raised += 1;
  }
  return { facts, kept: [] };
}

/** What planning questions goes by. */
export interface QuestionPlanning extends Pick<DecideContext, 'now'> {
  /** What becomes of tasks in the same rollback. */
  readonly tasks: Pick<TaskPlan, 'retried' | 'cancelled'>;
}

/** Questions. */
export function planQuestions(state: SwarmState, earlier: Earlier, { now, tasks }: QuestionPlanning): InboxPlan {
  const { inbox, seq } = earlier;
  const { open, records } = state.decisions;
  const facts: Fact[] = [];
  const kept: KeptThing[] = [];
  const keep = (id: string, reason: string): void => void kept.push({ kind: 'decision', id, reason });
  const ending = new Set(tasks.cancelled.map(({ id }) => id));
  const withdrawn = new Set<DecisionRecord>();
  for (const decision_id of inbox.questions_since) {
    const decision = open.get(decision_id);
    if (decision === undefined) continue;
    const { session_id, task_id } = decision;
    if (waits(state, decision) && !ending.has(task_id ?? '')) {
      keep(decision_id, `${session_id} asked it since, and waits for the answer`);
      continue;
    }
    withdrawn.add(decision);
    const reason = `rolled back to event ${seq}: it was not open then`;
    facts.push({ type: 'decision_withdrawn', data: { decision_id, reason, task_id, session_id } });
  }
  const asked = Array.from(open.values()).filter((each) => !withdrawn.has(each));
  const statusOf = statusAfter(state, tasks);
  let anew = 0;
  for (const [id, was] of inbox.questions) {
    if (asked.some((each) => isTwin(each, was))) continue;
    const no = whyNotAnew(state, was, { record: records.get(id), statusOf });
    const full = no === null ? whoIsFull(state.decisions, was.asked_by, anew) : null;
    if (no !== null || full !== null) {
      keep(id, no ?? 'too many questions are open');
      continue;
    }
    const { by_session: _, open_ms, ...rest } = was;
    const deadline = open_ms === null ? null : now + open_ms;
    const data = { decision_id: nextId(state.decisions, 'decision', anew), session_id: null, incarnation: null, deadline, ...rest };
    facts.push({ type: 'decision_needed', data });
    anew += 1;
  }
  for (const id of inbox.voted) if (open.has(id)) keep(id, 'votes were given since: what was said stays said');
  return { facts, kept };
}

interface Asked {
  /** What became of it; undefined: it has left memory. */
  readonly record: DecisionRecord | undefined;
  readonly statusOf: ReturnType<typeof statusAfter>;
}

/** Why a question is not asked anew, or null. */
function whyNotAnew(state: SwarmState, was: EarlierQuestion, { record, statusOf }: Asked): string | null {
  if (record === undefined) return 'it was closed since, and has left memory';
  const { answer, source, answered_by } = record;
  if (answer !== null && source !== 'default')
    return `it was answered since: "${answer.slice(0, ANSWER_SHOWN)}" by ${answered_by}; an answer stands`;
  const { kind, task_id, by_session } = was;
  if (by_session && (task_id === null || kind === 'permission')) return `${was.asked_by} asked it, and waits no more`;
  const moot = whyMoot(state, { kind, task_id, session_id: null, incarnation: null }, statusOf);
  if (moot !== null) return `nobody needs the answer any more: ${moot}`;
  const lease = state.tasks.get(task_id ?? '')?.lease ?? null;
  return lease === null ? null : `${lease.session_id} works on ${task_id} without the answer`;
}

function isTwin({ opened_by, task_id, question }: DecisionRecord, was: EarlierQuestion): boolean {
  return opened_by === was.asked_by && task_id === was.task_id && question === was.question;
}

/** The status of tasks once they are rolled back. */
function statusAfter(state: SwarmState, { retried, cancelled }: QuestionPlanning['tasks']) {
  const back = new Set(retried.map(({ id }) => id));
  const gone = new Set(cancelled.map(({ id }) => id));
  return (id: string) => (back.has(id) ? 'pending' : gone.has(id) ? 'cancelled' : state.tasks.get(id)?.status);
}

/** True while the session that asked is there to hear the answer. */
function waits({ sessions }: SwarmState, { session_id, incarnation }: DecisionRecord): boolean {
  const session = sessions.get(session_id ?? '');
  return session !== undefined && isMember(session) && session.incarnation === incarnation;
}
