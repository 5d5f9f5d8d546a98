/**
 * The questions and signals that were open at an earlier moment, as far as nothing like them is open now.
 * Invariant: two are alike when they say the same, whatever their ids: a record is closed once, so what comes back is
 * another record. Bounds: those that are listed; the rest is counted.
 */
import type { EventData } from '../../contract/event.ts';
import type { DecisionRecord } from '../decision/state.ts';
import type { SwarmState } from '../state.ts';
import { canonicalJson } from '../task/content-hash.ts';
import { jsonSize } from '../task/json-size.ts';

/** A signal, as it is raised. */
export type EarlierSignal = Omit<EventData<'signal_raised'>, 'signal_id'>;

/** A question as it is asked. Who waits for the answer is left out: nobody knows of one that is asked anew. */
export type EarlierQuestion = Omit<EventData<'decision_needed'>, 'decision_id' | 'session_id' | 'incarnation' | 'deadline'> & {
  readonly by_session: boolean;
  /** From its asking to its deadline, in ms; null: no deadline. */
  readonly open_ms: number | null;
};

/** What is open: by id. */
export interface OpenInbox {
  readonly signals: ReadonlyMap<string, EarlierSignal>;
  readonly questions: ReadonlyMap<string, EarlierQuestion>;
  readonly votes: ReadonlyMap<string, number>;
}

/** How the inbox was, where it is another now. */
export interface EarlierInbox {
  /** Open then, by the id they had. */
  readonly signals: ReadonlyMap<string, EarlierSignal>;
  readonly signals_unlisted: number;
  /** Ids of those that are open since. */
  readonly signals_since: readonly string[];
  readonly questions: ReadonlyMap<string, EarlierQuestion>;
  readonly questions_unlisted: number;
  readonly questions_since: readonly string[];
  /** Open then and now, with more votes. */
  readonly voted: readonly string[];
}

const LISTED = 500;
const BYTES_LISTED = 4 * 1_048_576;

/** What is open in a state; each record as it is now, while the state goes on. */
export function inboxOf({ signals, decisions }: SwarmState): OpenInbox {
  const raised = new Map<string, EarlierSignal>();
  for (const [id, { raised: data }] of signals.open) {
    const { signal_id: _, ...rest } = data;
    raised.set(id, rest);
  }
  const questions = new Map<string, EarlierQuestion>();
  const votes = new Map<string, number>();
  for (const [id, decision] of decisions.open) {
    questions.set(id, questionOf(decision));
    if (decision.votes.size > 0) votes.set(id, decision.votes.size);
  }
  return { signals: raised, questions, votes };
}

/** A record as it was asked. */
function questionOf(decision: DecisionRecord): EarlierQuestion {
  const { kind, question, options, context, evidence, opened_by, task_id, priority, blocks, default_answer, votes_needed } = decision;
  return {
    kind,
    question,
    options: [...options],
    context,
    evidence: [...evidence],
    asked_by: opened_by,
    task_id,
    priority,
    blocks,
    default_answer,
    votes_needed,
    // One that a rollback asked anew counts as its session's too.
    by_session: opened_by.startsWith('session:'),
    open_ms: decision.expires_at === Infinity ? null : decision.expires_at - decision.opened_at,
  };
}

/** How the inbox of `then` was, where that of `now` is another. */
export function earlierInbox(then: OpenInbox, now: OpenInbox): EarlierInbox {
  const signals = apart(then.signals, now.signals);
  const questions = apart(then.questions, now.questions);
  const voted = [...now.votes].filter(([id, count]) => then.questions.has(id) && (then.votes.get(id) ?? 0) !== count);
  return {
    signals: signals.listed,
    signals_unlisted: signals.unlisted,
    signals_since: signals.since,
    questions: questions.listed,
    questions_unlisted: questions.unlisted,
    questions_since: questions.since,
    voted: voted.map(([id]) => id),
  };
}

interface Apart<T> {
  readonly listed: Map<string, T>;
  readonly unlisted: number;
  readonly since: string[];
}

function apart<T extends object>(then: ReadonlyMap<string, T>, now: ReadonlyMap<string, T>): Apart<T> {
  const known = new Set(Array.from(then.values(), canonicalJson));
  const open = new Set(Array.from(now.values(), canonicalJson));
  const listed = new Map<string, T>();
  let bytes = 0;
  let unlisted = 0;
  for (const [id, was] of then) {
    if (open.has(canonicalJson(was))) continue;
    bytes += jsonSize(was, Infinity);
    if (listed.size >= LISTED || (bytes > BYTES_LISTED && listed.size > 0)) unlisted += 1;
    else listed.set(id, was);
  }
  const since = [...now].filter(([, is]) => !known.has(canonicalJson(is))).map(([id]) => id);
  return { listed, unlisted, since };
}
