/**
 * Decisions, signals, requests for colleagues, and the inbox: what waits for a person (C5, F9).
 */
import type { Urgency } from '../contract/events/signal-events.ts';
import { Failure } from '../contract/failure.ts';
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { ColleagueRequestView, DecisionView, InboxItem, SignalView } from '../contract/views/decision-view.ts';
import type { ColleagueRequest } from '../domain/colleague/state.ts';
import type { DecisionRecord } from '../domain/decision/state.ts';
import { type Recorded, recordsAfter, recordsBefore } from '../domain/inbox/ledger.ts';
import { type Letter, PEOPLE } from '../domain/message/state.ts';
import type { Signal } from '../domain/signal/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { showLetter } from './message-view.ts';
import { pageOf } from './page.ts';
import { isoTime, isoTimeOrNull } from './time.ts';

const PAGE = 100;
const DECISIONS_OF_TASK = 20;
const TITLE = 200;
const URGENCY: Readonly<Record<Urgency, number>> = { low: 3, medium: 5, high: 8, critical: 10 };

/** A decision as it is shown. */
function showDecision(decision: DecisionRecord): DecisionView {
  const { id, kind, question, options, context, evidence, session_id, task_id, priority, blocks, default_answer, votes_needed } = decision;
  const { answer, answered_by, source, via, reason, data, closed_at } = decision;
  return {
    decision_id: id,
    kind,
    status: closed_at === 0 ? 'open' : answer === null ? 'withdrawn' : 'answered',
    question,
    options: [...options],
    context,
    evidence: [...evidence],
    asked_by: decision.opened_by,
    session_id,
    task_id,
    priority,
    blocks,
    asked_at: isoTime(decision.opened_at),
    deadline: Number.isFinite(decision.expires_at) ? isoTime(decision.expires_at) : null,
    default_answer,
    votes: Array.from(decision.votes, ([voter, vote]) => ({ voter, ...vote, voted_at: isoTime(vote.voted_at) })),
    votes_needed,
    answer,
    answered_by,
    source,
    via,
    reason,
    data,
    closed_at: isoTimeOrNull(closed_at),
  };
}

/** The decision with this id. Throws Failure `decision_unknown`. */
export function decisionNamed(state: SwarmState, id: string): { readonly decision: DecisionView } {
  const decision = state.decisions.records.get(id);
  if (decision === undefined) throw new Failure('decision_unknown', { decision_id: id });
  return { decision: showDecision(decision) };
}

/** The decisions about a task, the newest last. */
export function decisionsOf(state: SwarmState, taskId: string): DecisionView[] {
  return Array.from(state.decisions.by_task.get(taskId) ?? [])
    .slice(-DECISIONS_OF_TASK)
    .map(showDecision);
}

/** A page of decisions, the newest first. */
export function listDecisions(state: SwarmState, input: InputOf<'decision.list'>): OutputOf<'decision.list'> {
  const matches = (decision: DecisionRecord): boolean => {
    if (input.kind !== undefined && decision.kind !== input.kind) return false;
    if (input.task_id !== undefined && decision.task_id !== input.task_id) return false;
    if (input.session_id !== undefined && decision.session_id !== input.session_id) return false;
    return input.status === undefined || showDecision(decision).status === input.status;
  };
  const page = pageOf(input, { after: (number) => recordsBefore(state.decisions, number), matches, sizeOf: ({ bytes }) => bytes });
  return { decisions: page.items.map(showDecision), next_cursor: page.next };
}

/** A signal as it is shown. */
function showSignal({ id, raised, resolved, opened_at, closed_at }: Signal): SignalView {
  const { type, title, details, evidence, urgency, impact, raised_by, session_id, task_id } = raised;
  return {
    signal_id: id,
    type,
    status: resolved === null ? 'open' : resolved.outcome,
    title,
    details,
    evidence: [...evidence],
    urgency,
    impact,
    raised_by,
    session_id,
    task_id,
    raised_at: isoTime(opened_at),
    outcome: resolved?.outcome ?? null,
    resolution: resolved?.resolution ?? null,
    resolved_by: resolved?.resolved_by ?? null,
    resolved_at: isoTimeOrNull(closed_at),
  };
}

/** The signal with this id. Throws Failure `signal_unknown`. */
export function signalNamed(state: SwarmState, id: string): { readonly signal: SignalView } {
  const signal = state.signals.records.get(id);
  if (signal === undefined) throw new Failure('signal_unknown', { signal_id: id });
  return { signal: showSignal(signal) };
}

/** A page of signals. */
export function listSignals(state: SwarmState, input: InputOf<'signal.list'>): OutputOf<'signal.list'> {
  const matches = ({ raised, resolved }: Signal): boolean => {
    if (input.type !== undefined && raised.type !== input.type) return false;
    return input.status === undefined || (resolved?.outcome ?? 'open') === input.status;
  };
  const page = pageOf(input, { after: (number) => recordsAfter(state.signals, number), matches, sizeOf: ({ bytes }) => bytes });
  return { signals: page.items.map(showSignal), next_cursor: page.next };
}

/** A request for a colleague as it is shown. */
function showColleagueRequest({ id, requested, settled, opened_at, closed_at }: ColleagueRequest): ColleagueRequestView {
  const { role, name, instructions, requested_by, session_id, task_id } = requested;
  return {
    request_id: id,
    status: settled?.outcome ?? 'open',
    role,
    name,
    instructions,
    requested_by,
    session_id,
    task_id,
    requested_at: isoTime(opened_at),
    outcome: settled?.outcome ?? null,
    colleague: settled?.session_id ?? null,
    reason: settled?.reason ?? null,
    settled_at: isoTimeOrNull(closed_at),
  };
}

/** The request with this id. Throws Failure `colleague_request_unknown`. */
export function colleagueRequestNamed(state: SwarmState, id: string): { readonly request: ColleagueRequestView } {
  const request = state.colleagues.records.get(id);
  if (request === undefined) throw new Failure('colleague_request_unknown', { request_id: id });
  return { request: showColleagueRequest(request) };
}

/** A page of requests. */
export function listColleagueRequests(state: SwarmState, input: InputOf<'colleague.list'>): OutputOf<'colleague.list'> {
  const matches = ({ settled }: ColleagueRequest): boolean => input.status === undefined || (settled?.outcome ?? 'open') === input.status;
  const page = pageOf(input, { after: (number) => recordsAfter(state.colleagues, number), matches, sizeOf: ({ bytes }) => bytes });
  return { requests: page.items.map(showColleagueRequest), next_cursor: page.next };
}

/** What waits for a person: what stops work first, then the most urgent, then what waits longest. */
export function listInbox(state: SwarmState, input: InputOf<'inbox.list'>, now: number): OutputOf<'inbox.list'> {
  const ofKind = inboxOf(state).filter(({ kind }) => input.kind === undefined || kind === input.kind);
  const away = ofKind.map(({ item_id }) => state.snoozed.get(item_id) ?? 0).filter((until) => until > now);
  const items = ofKind.filter(({ item_id }) => (state.snoozed.get(item_id) ?? 0) > now === (input.snoozed ?? false));
  items.sort((a, b) => Number(b.blocks) - Number(a.blocks) || b.priority - a.priority || (a.since < b.since ? -1 : 1));
  const from = input.cursor === undefined ? 0 : placeOf(input.cursor);
  const limit = input.limit ?? PAGE;
  return {
    items: items.slice(from, from + limit),
    total: items.length,
    blocking: items.filter(({ blocks }) => blocks).length,
    snoozed: away.length,
    wakes_at: away.length === 0 ? null : isoTime(Math.min(...away)),
    next_cursor: from + limit < items.length ? String(from + limit) : null,
  };
}

/** Until when an item is put off; null: it is not. */
export function snoozedUntil(state: SwarmState, id: string): string | null {
  return isoTimeOrNull(state.snoozed.get(id) ?? 0);
}

/** One item of the inbox, whole; also one that was dealt with. Throws Failure `inbox_item_unknown`. */
export function showInboxItem(state: SwarmState, id: string): OutputOf<'inbox.show'> {
  const nothing = { decision: null, signal: null, request: null, message: null };
  const decision = state.decisions.records.get(id);
  if (decision !== undefined) return { ...nothing, kind: decision.kind, decision: showDecision(decision) };
  const signal = state.signals.records.get(id);
  if (signal !== undefined) return { ...nothing, kind: 'signal', signal: showSignal(signal) };
  const request = state.colleagues.records.get(id);
  if (request !== undefined) return { ...nothing, kind: 'colleague', request: showColleagueRequest(request) };
  const mailbox = state.messages.mailboxes.get(PEOPLE);
  const number = Number(/^message-(\d{1,15})$/.exec(id)?.[1] ?? 0);
  const letter = mailbox?.unread.get(number) ?? mailbox?.read.get(number);
  if (letter === undefined) throw new Failure('inbox_item_unknown', { item_id: id });
  return { ...nothing, kind: 'message', message: showLetter(letter) };
}

function inboxOf(state: SwarmState): InboxItem[] {
  const letters = state.messages.mailboxes.get(PEOPLE)?.unread.values() ?? [];
  return [
    ...Array.from(state.decisions.open.values(), decisionItem),
    ...Array.from(state.colleagues.open.values(), colleagueItem),
    ...Array.from(state.signals.open.values(), signalItem),
    ...Array.from(letters, messageItem),
  ];
}

function decisionItem(decision: DecisionRecord): InboxItem {
  const { kind, question, task_id, priority, blocks, expires_at } = decision;
  const deadline = Number.isFinite(expires_at) ? isoTime(expires_at) : null;
  return { ...itemOf(decision), kind, title: shortened(question), task_id, priority, blocks, deadline };
}

function colleagueItem(request: ColleagueRequest): InboxItem {
  const { role, name, task_id } = request.requested;
  const title = `Wanted: ${role}${name === null ? '' : ` called ${name}`}`;
  return { ...itemOf(request), kind: 'colleague', title, task_id, priority: URGENCY.medium, blocks: false, deadline: null };
}

function signalItem(signal: Signal): InboxItem {
  const { type, title, task_id, urgency } = signal.raised;
  const words = shortened(`${type.replaceAll('_', ' ')}: ${title}`);
  return { ...itemOf(signal), kind: 'signal', title: words, task_id, priority: URGENCY[urgency], blocks: false, deadline: null };
}

function messageItem({ message }: Letter): InboxItem {
  const text = message.subject ?? (typeof message.body === 'string' ? message.body : JSON.stringify(message.body));
  const { id, from, priority, sent_at } = message;
  const since = isoTime(sent_at);
  const shown = { item_id: `message-${id}`, kind: 'message' as const, title: shortened(text), from, priority, since };
  return { ...shown, task_id: null, blocks: false, deadline: null };
}

function itemOf({ id, opened_by, opened_at }: Recorded): Pick<InboxItem, 'item_id' | 'from' | 'since'> {
  return { item_id: id, from: opened_by, since: isoTime(opened_at) };
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > TITLE ? `${line.slice(0, TITLE - 1)}…` : line;
}

function placeOf(cursor: string): number {
  if (!/^\d{1,9}$/.test(cursor)) throw new Failure('invalid_input', { issues: 'cursor: not a cursor of this list' });
  return Number(cursor);
}
