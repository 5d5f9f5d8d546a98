/**
 * What the rules know of decisions (C5).
 *
 * States: open → answered, by a person, its deadline or votes; open → withdrawn. Nothing ever changes after that.
 * A task with an open decision that blocks is not ready; while it is held, its silence is no stall.
 * Invariants: `task.questions` counts the open blocking decisions of a task; `deadlines` holds exactly the open decisions
 * that have one.
 */
import type { DecisionKind, DecisionOption, DecisionSource } from '../../contract/events/decision-events.ts';
import type { Json } from '../../contract/ids.ts';
import { createLedger, type Ledger, type Recorded } from '../inbox/ledger.ts';
import type { Expiring } from '../expiry-heap.ts';
import type { Session } from '../session/state.ts';

/** What somebody would choose. */
export interface Vote {
  readonly answer: string;
  readonly reason: string | null;
  readonly voted_at: number;
}

/** A decision. Times are ms since 1970. */
export interface DecisionRecord extends Recorded, Expiring {
  readonly kind: DecisionKind;
  readonly question: string;
  readonly options: readonly DecisionOption[];
  readonly context: Json | null;
  readonly evidence: readonly string[];
  readonly session_id: string | null;
  readonly incarnation: number | null;
  readonly task_id: string | null;
  readonly priority: number;
  readonly blocks: boolean;
  readonly default_answer: string | null;
  readonly votes_needed: number | null;
  /** By voter, in the order they voted first. */
  readonly votes: Map<string, Vote>;
  /** Left null by what is withdrawn. */
  answer: string | null;
  answered_by: string | null;
  source: DecisionSource | null;
  via: string | null;
  reason: string | null;
  data: Json | null;
}

/** All decisions in memory. `expires_at` of a record is its deadline. */
export interface Decisions extends Ledger<DecisionRecord> {
  readonly by_task: Map<string, Set<DecisionRecord>>;
  /** The open ones that sessions asked. */
  readonly by_session: Map<string, Set<DecisionRecord>>;
  /** The next deadline first. */
  readonly deadlines: DecisionRecord[];
}

/** No decisions. */
export function createDecisions(): Decisions {
  return { ...createLedger<DecisionRecord>(), by_task: new Map(), by_session: new Map(), deadlines: [] };
}

/** When the next deadline is, or Infinity. */
export function nextDeadline(decisions: Decisions): number {
  return decisions.deadlines[0]?.expires_at ?? Infinity;
}

/** The open decisions that keep a task from going on. */
export function openQuestions(decisions: Decisions, taskId: string): DecisionRecord[] {
  return Array.from(decisions.by_task.get(taskId) ?? []).filter(({ blocks, closed_at }) => blocks && closed_at === 0);
}

/** The open decisions that a session waits for. */
export function questionsOf(decisions: Decisions, session: Session): DecisionRecord[] {
  const own = decisions.by_session.get(session.id);
  if (own === undefined) return [];
  return Array.from(own).filter(({ blocks, incarnation }) => blocks && incarnation === session.incarnation);
}

/** Files a record under a key. */
export function fileUnder(index: Map<string, Set<DecisionRecord>>, key: string | null, decision: DecisionRecord): void {
  if (key === null) return;
  const filed = index.get(key);
  if (filed === undefined) index.set(key, new Set([decision]));
  else filed.add(decision);
}

/** Takes a record from where it is filed. */
export function unfile(index: Map<string, Set<DecisionRecord>>, key: string | null, decision: DecisionRecord): void {
  const filed = index.get(key ?? '');
  filed?.delete(decision);
  if (filed?.size === 0) index.delete(key ?? '');
}
