/**
 * What the events of decisions do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import { closeRecord, openRecord } from '../inbox/ledger.ts';
import { invariant } from '../invariant.ts';
import { insertExpiry, removeExpiry } from '../expiry-heap.ts';
import type { SwarmState } from '../state.ts';
import { jsonSize } from '../task/json-size.ts';
import { leaveQueue, queueIfReady } from '../task/lifecycle.ts';
import { type DecisionRecord, fileUnder, unfile } from './state.ts';

/** Somebody needs a person to decide: the task is not ready until then. */
export function onDecisionNeeded(state: SwarmState, event: EventOf<'decision_needed'>): void {
  const { decision_id, asked_by, deadline, ...rest } = event.data;
  const decision: DecisionRecord = {
    ...rest,
    id: decision_id,
    number: state.decisions.numbered + 1,
    bytes: jsonSize(event.data, Infinity),
    opened_at: event.time,
    opened_by: asked_by,
    closed_at: 0,
    expires_at: deadline ?? Infinity,
    place: -1,
    votes: new Map(),
    answer: null,
    answered_by: null,
    source: null,
    via: null,
    reason: null,
    data: null,
  };
  openRecord(state.decisions, decision);
  if (deadline !== null) insertExpiry(state.decisions.deadlines, decision);
  fileUnder(state.decisions.by_session, decision.session_id, decision);
  fileUnder(state.decisions.by_task, decision.task_id, decision);
  countQuestion(state, decision, 1);
  const task = state.tasks.get(decision.task_id ?? '');
  if (task !== undefined && decision.blocks) leaveQueue(state, task);
}

/** Somebody said what they would choose. */
export function onDecisionVoted(state: SwarmState, event: EventOf<'decision_voted'>): void {
  const { decision_id, voter, answer, reason } = event.data;
  decisionOf(state, event.seq, decision_id).votes.set(voter, { answer, reason, voted_at: event.time });
}

/** It was decided: what waited goes on. */
export function onDecisionAnswered(state: SwarmState, event: EventOf<'decision_answered'>): void {
  const { decision_id, answer, source, answered_by, via, reason, data } = event.data;
  const decision = decisionOf(state, event.seq, decision_id);
  Object.assign(decision, { answer, source, answered_by, via, reason, data });
  close(state, decision, event.time);
}

/** Nobody needs it any more. */
export function onDecisionWithdrawn(state: SwarmState, event: EventOf<'decision_withdrawn'>): void {
  const decision = decisionOf(state, event.seq, event.data.decision_id);
  decision.reason = event.data.reason;
  close(state, decision, event.time);
}

/** The wait for a person counts as no silence of whoever waited. */
function close(state: SwarmState, decision: DecisionRecord, time: number): void {
  const { decisions } = state;
  if (decision.place >= 0) removeExpiry(decisions.deadlines, decision);
  unfile(decisions.by_session, decision.session_id, decision);
  for (const gone of closeRecord(decisions, decision, time)) unfile(decisions.by_task, gone.task_id, gone);
  countQuestion(state, decision, -1);
  const task = decision.task_id === null || !decision.blocks ? undefined : state.tasks.get(decision.task_id);
  if (task === undefined) return;
  if (task.lease !== null) {
    task.lease.progress_at = time;
    task.lease.probed_at = 0;
  }
  queueIfReady(state, task, true);
}

function decisionOf(state: SwarmState, seq: number, id: string): DecisionRecord {
  const decision = state.decisions.open.get(id);
  invariant(decision !== undefined, () => `event ${seq} names the decision ${id}, which is not open`);
  return decision;
}

/** Adds to the count of open questions of a task, if it is there. */
function countQuestion(state: SwarmState, { task_id, blocks }: DecisionRecord, change: 1 | -1): void {
  const task = task_id === null || !blocks ? undefined : state.tasks.get(task_id);
  if (task !== undefined) task.questions += change;
}
