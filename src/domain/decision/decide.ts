/**
 * The rules of decisions (C5): ask, answer, vote, withdraw; what is due without anybody's doing.
 */
import type { EventData, Fact } from '../../contract/event.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { InputOf } from '../../contract/operations.ts';
import type { DecideContext, Rule } from '../decision.ts';
import { type Asker, askerOf } from '../inbox/asker.ts';
import { DETAIL_BYTES, nextId, whoIsFull } from '../inbox/ledger.ts';
import { expiredBy } from '../expiry-heap.ts';
import { isRefused, refusal } from '../refuse.ts';
import { isMember, type Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { leaseHeldBy } from '../task/held-task.ts';
import { jsonBytes } from '../task/json-size.ts';
import { releaseTask } from '../task/release.ts';
import { isTerminal, type Task } from '../task/state.ts';
import type { DecisionRecord } from './state.ts';

const DEFAULT_PRIORITY = 5;

/** Asking the same again while it is open changes nothing. */
export const askRule: Rule<'decision.ask'> = {
  decide: (state, input, context) => {
    const asker = askerOf(state, input.session_id, context);
    if (isRefused(asker)) return asker;
    const task = taskAsked(state, asker.session, input, context);
    if (task !== null && isRefused(task)) return task;
    if (openTwin(state, { asker: asker.name, task_id: task?.id ?? null, question: input.question }) !== null) return asker.facts;
    const no = whyNotAsk(state, asker, input, context.now);
    if (no !== null) return no;
    const asked: Fact = { type: 'decision_needed', data: askedData(state, { asker, task }, input, context.now) };
    const gives = input.release_task === true && task !== null && task.lease !== null && task.lease.session_id === input.session_id;
    return [...asker.facts, asked, ...(gives ? releaseTask(state, task, 'waiting_for_person', { now: context.now }) : [])];
  },
};

/** The first answer holds. */
export const answerRule: Rule<'decision.answer'> = {
  decide: (state, input, { caller }) => {
    const decision = openDecision(state, input.decision_id);
    if (isRefused(decision)) return decision;
    if (caller.credential !== null) return refusal('person_needed', { session_id: caller.credential.session_id, decision_id: decision.id });
    const no = whyNotAnswer(decision, input.answer) ?? whyTooLarge(input.data);
    if (no !== null) return no;
    const { via = null, reason = null, data = null } = input;
    const answered_by = input.answered_by ?? caller.actor;
    return [answerOf(decision, { answer: input.answer, source: 'person', answered_by, via, reason, data })];
  },
};

/** A vote that makes enough of them decides. */
export const voteRule: Rule<'decision.vote'> = {
  decide: (state, input, context) => {
    const decision = openDecision(state, input.decision_id);
    if (isRefused(decision)) return decision;
    const asker = askerOf(state, input.session_id, context);
    if (isRefused(asker)) return asker;
    const { answer } = input;
    if (decision.kind === 'permission' && asker.session !== null)
      return refusal('person_needed', { session_id: asker.session.id, decision_id: decision.id });
    const no = whyNotAnswer(decision, answer);
    if (no !== null) return no;
    const voted: Fact = {
      type: 'decision_voted',
      data: { decision_id: decision.id, voter: asker.name, answer, reason: input.reason ?? null },
    };
    const others = Array.from(decision.votes).filter(([voter, vote]) => voter !== asker.name && vote.answer === answer);
    const count = others.length + 1;
    if (decision.votes_needed === null || count < decision.votes_needed) return [...asker.facts, voted];
    const by = { answer, source: 'votes' as const, answered_by: `${count} votes`, via: null, reason: null, data: null };
    return [...asker.facts, voted, answerOf(decision, by)];
  },
};

/** Whoever asked, or a person. */
export const withdrawRule: Rule<'decision.withdraw'> = {
  decide: (state, input, context) => {
    const decision = openDecision(state, input.decision_id);
    if (isRefused(decision)) return decision;
    const asker = askerOf(state, input.session_id, context);
    if (isRefused(asker)) return asker;
    if (asker.session !== null && decision.opened_by !== asker.name)
      return refusal('not_asker', { session_id: asker.session.id, decision_id: decision.id });
    return [...asker.facts, withdrawalOf(decision, input.reason ?? 'withdrawn')];
  },
};

/** What is due at `now`: the defaults of what nobody answered, and the end of what nobody can use any more. */
export function dueDecisions(state: SwarmState, now: number): Fact[] {
  const { decisions } = state;
  if (decisions.open.size === 0) return [];
  const facts = expiredBy(decisions.deadlines, now).map((decision): Fact => {
    const answer = decision.default_answer ?? '';
    return answerOf(decision, {
      answer,
      source: 'default',
      answered_by: 'tutti',
      via: null,
      reason: 'nobody answered in time',
      data: null,
    });
  });
  for (const decision of decisions.open.values()) {
    if (decision.expires_at <= now) continue;
    const moot = whyMoot(state, decision);
    if (moot !== null) facts.push(withdrawalOf(decision, moot));
  }
  return facts;
}

/** The open decision of the same asker with the same words about the same task, or null. */
export function openTwin(
  state: SwarmState,
  asked: { readonly asker: string; readonly task_id: string | null; readonly question: string },
): DecisionRecord | null {
  for (const decision of state.decisions.open.values()) {
    if (decision.question === asked.question && decision.opened_by === asked.asker && decision.task_id === asked.task_id) return decision;
  }
  return null;
}

/** The task that a question is about: the one it names, or the only one its session holds. */
export function subjectOf(taskId: string | undefined, session: Session | null): string | null {
  if (taskId !== undefined) return taskId;
  return session !== null && session.held.length === 1 ? (session.held[0] ?? null) : null;
}

function taskAsked(
  state: SwarmState,
  session: Session | null,
  input: InputOf<'decision.ask'>,
  { caller }: DecideContext,
): Task | Refusal | null {
  const id = subjectOf(input.task_id, session);
  if (id === null) return null;
  const task = state.tasks.get(id);
  if (task === undefined) return refusal('task_unknown', { task_id: id });
  if (isTerminal(task.status)) return refusal('task_terminal', { task_id: id, status: task.status });
  if (session === null || task.lease === null) return task;
  const lease = leaseHeldBy(task, { session_id: session.id, task_id: id, lease: input.lease }, caller);
  return isRefused(lease) ? lease : task;
}

function whyNotAsk(state: SwarmState, asker: Asker, input: InputOf<'decision.ask'>, now: number): Refusal | null {
  const full = whoIsFull(state.decisions, asker.name);
  if (full !== null) return refusal('inbox_full', { ...full, what: 'questions' });
  const { options = [], default_answer: silent } = input;
  const invalid = (issues: string): Refusal => refusal('invalid_input', { issues });
  if (new Set(options.map(({ answer }) => answer)).size < options.length) return invalid('options: the same answer twice');
  if (silent !== undefined && options.length > 0 && !options.some(({ answer }) => answer === silent))
    return invalid('default_answer: none of the options');
  if (input.deadline !== undefined && input.deadline_seconds !== undefined) return invalid('deadline_seconds: there is a deadline already');
  const deadline = deadlineOf(input, now);
  if (deadline !== null && deadline <= now) return invalid('deadline: it is over');
  if ((deadline === null) !== (silent === undefined)) return invalid('default_answer: needed with a deadline, and only with one');
  return whyTooLarge(input.context);
}

function whyTooLarge(part: unknown): Refusal | null {
  const bytes = part === undefined ? 0 : jsonBytes(part, DETAIL_BYTES);
  return bytes > DETAIL_BYTES ? refusal('event_too_large', { bytes, limit: DETAIL_BYTES }) : null;
}

function askedData(
  state: SwarmState,
  { asker, task }: { readonly asker: Asker; readonly task: Task | null },
  input: InputOf<'decision.ask'>,
  now: number,
): EventData<'decision_needed'> {
  return {
    decision_id: nextId(state.decisions, 'decision'),
    kind: input.kind ?? 'decision',
    question: input.question,
    options: input.options ?? [],
    context: input.context ?? null,
    evidence: input.evidence ?? [],
    asked_by: asker.name,
    session_id: asker.session?.id ?? null,
    incarnation: asker.session?.incarnation ?? null,
    task_id: task?.id ?? null,
    priority: input.priority ?? task?.priority ?? DEFAULT_PRIORITY,
    blocks: input.blocks ?? true,
    deadline: deadlineOf(input, now),
    default_answer: input.default_answer ?? null,
    votes_needed: input.votes_needed ?? null,
  };
}

function deadlineOf({ deadline, deadline_seconds }: InputOf<'decision.ask'>, now: number): number | null {
  if (deadline_seconds !== undefined) return now + deadline_seconds * 1000;
  return deadline === undefined ? null : Date.parse(deadline);
}

function openDecision(state: SwarmState, id: string): DecisionRecord | Refusal {
  const decision = state.decisions.records.get(id);
  if (decision === undefined) return refusal('decision_unknown', { decision_id: id });
  if (decision.closed_at === 0) return decision;
  const { answer, answered_by, reason } = decision;
  return refusal('decision_closed', {
    decision_id: id,
    status: answer === null ? 'withdrawn' : 'answered',
    outcome: answer === null ? (reason ?? 'withdrawn') : `"${answer}" by ${answered_by ?? 'nobody'}`,
    at: new Date(decision.closed_at).toISOString(),
  });
}

function whyNotAnswer({ id, options }: DecisionRecord, answer: string): Refusal | null {
  if (options.length === 0 || options.some((option) => option.answer === answer)) return null;
  return refusal('answer_not_offered', {
    decision_id: id,
    answer: answer.slice(0, 200),
    options: options.map((option) => `"${option.answer}"`).join(', '),
  });
}

type Answer = Omit<EventData<'decision_answered'>, 'decision_id' | 'task_id' | 'session_id'>;

function answerOf({ id, task_id, session_id }: DecisionRecord, answer: Answer): Fact {
  return { type: 'decision_answered', data: { decision_id: id, ...answer, task_id, session_id } };
}

function withdrawalOf({ id, task_id, session_id }: DecisionRecord, reason: string): Fact {
  return { type: 'decision_withdrawn', data: { decision_id: id, reason, task_id, session_id } };
}

/** Why nobody needs an answer any more, or null: its task has ended, or the session that alone could use it has gone. */
export function whyMoot(
  state: SwarmState,
  { kind, task_id, session_id, incarnation }: Pick<DecisionRecord, 'kind' | 'task_id' | 'session_id' | 'incarnation'>,
  statusOf: (taskId: string) => Task['status'] | undefined = (id) => state.tasks.get(id)?.status,
): string | null {
  if (task_id !== null) {
    const status = statusOf(task_id) ?? 'gone';
    if (isTerminal(status) || status === 'gone') return `the task ${task_id} is ${status}`;
  }
  if (session_id === null || (task_id !== null && kind !== 'permission')) return null;
  const session = state.sessions.get(session_id);
  const gone = session === undefined || !isMember(session) || session.incarnation !== incarnation;
  return gone ? `the session ${session_id} has left` : null;
}
