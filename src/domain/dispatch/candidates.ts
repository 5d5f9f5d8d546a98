/**
 * Who could do a task, with the terms of the policy in force: the same functions that decide, asked without deciding.
 */
import { isMember, type Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import type { Task } from '../task/state.ts';
import { worthWaitingUntil } from '../../scheduling/session-choice.ts';
import { isEligible } from '../../scheduling/setbacks.ts';
import { type Obstacle, sessionObstacle } from './blockers.ts';
import type { Demanding } from './demanding.ts';
import { greedyTerms } from './greedy.ts';
import { orderOf, pairTerms } from './optimal.ts';
import { roundedTerms } from './policy.ts';
import type { SwarmBoard } from './swarm-board.ts';

/** A session with its terms for a task; null: it could get it now. */
export interface Candidate {
  readonly session: Session;
  readonly obstacle: Exclude<Obstacle, 'left'> | 'reserved' | 'set_back' | 'not_asking' | null;
  readonly terms: Readonly<Record<string, number>>;
}

/** A session that is kept for a task that becomes ready soon. */
export interface KeptSession {
  readonly session: Session;
  readonly task: Task;
  /** ms since 1970. */
  readonly until: number;
}

/** What is known about who gets a task. */
export interface TaskTerms {
  readonly order: Readonly<Record<string, number>>;
  /** The one that would get it first, then by the terms; those who cannot do it at all last. */
  readonly candidates: readonly Candidate[];
  /** True when the policy keeps the task for a busy session that would end it sooner. */
  readonly kept: boolean;
  /** The session that would get it, but is kept for a more urgent task until then; null when none is. */
  readonly keptFor: KeptSession | null;
  /** Where and when a plan has it start; null without a plan for it, or when that time is over. */
  readonly planned: { readonly session: Session; readonly at: number } | null;
}

/** How work is given out now, for whoever explains it. */
export interface DispatchInsight {
  /** True while the session waits for work. */
  readonly wants: (sessionId: string) => boolean;
  /** Who could do a task, by the policy in force. */
  readonly candidates: (task: Task) => TaskTerms;
}

/** Who wants work, when, and the board if there is one. */
interface Moment {
  readonly demand: Demanding;
  readonly now: number;
  readonly board: SwarmBoard | null;
}

/** Every member as a candidate for a task. */
export function candidatesFor(state: SwarmState, task: Task, moment: Moment): TaskTerms {
  const { board, now } = moment;
  const row = board?.rowOf(task);
  const found: Candidate[] = [];
  for (const session of state.sessions.values()) {
    if (!isMember(session)) continue;
    const obstacle = obstacleOf(session, task, moment) ?? (board === null ? null : reservation(board, session, { task, now }));
    found.push({ session, obstacle, terms: obstacle === 'not_capable' ? {} : roundedTerms(termsOf(state, task, session, board)) });
  }
  found.sort((a, b) => rankOf(a) - rankOf(b) || preference(b, a));
  const [first] = found;
  const cost = (first?.terms['cost_seconds'] ?? 0) * 1000;
  const kept =
    board !== null && row !== undefined && first?.obstacle === null && task.queued && worthWaitingUntil(board.board, row, now, cost) > 0;
  const order = board === null || row === undefined ? { priority: task.priority } : roundedTerms(orderOf(board, row));
  const planned = board === null || row === undefined || !task.queued ? null : board.plannedStart(row);
  const keptFor = first?.obstacle === 'reserved' && board !== null ? board.keptFor(first.session) : null;
  return { order, candidates: found, kept, keptFor, planned: planned !== null && planned.at > now ? planned : null };
}

function termsOf(state: SwarmState, task: Task, session: Session, board: SwarmBoard | null): Record<string, number> {
  if (state.settings.policy === 'greedy') return greedyTerms(task, session);
  const row = board?.rowOf(task);
  const index = board?.indexOf(session);
  return board === null || row === undefined || index === undefined ? {} : pairTerms(board, row, index);
}

function obstacleOf(session: Session, task: Task, { demand, now }: Moment): Candidate['obstacle'] {
  const obstacle = sessionObstacle(session, task, now);
  if (obstacle === 'left') return 'offline';
  return obstacle ?? (demand.has(session.id) ? null : 'not_asking');
}

/** Why an idle session that could do a task does not get it. */
function reservation(board: SwarmBoard, session: Session, moment: { readonly task: Task; readonly now: number }): Candidate['obstacle'] {
  if (isKeptFrom(board, session, moment)) return 'reserved';
  const row = board.rowOf(moment.task);
  const index = board.indexOf(session);
  if (row === undefined || index === undefined || board.board.setbacks.until(row, index) === undefined) return null;
  return isEligible(board.board, row, index, moment.now) ? null : 'set_back';
}

/** True while the board keeps the session for another task that is more urgent. */
function isKeptFrom(board: SwarmBoard, session: Session, { task, now }: { readonly task: Task; readonly now: number }): boolean {
  const kept = board.keptFor(session);
  return kept !== null && kept.until > now && kept.task !== task && !board.isUrgent(task);
}

function rankOf({ obstacle }: Candidate): number {
  if (obstacle === null) return 0;
  if (obstacle === 'reserved' || obstacle === 'set_back') return 1;
  return obstacle === 'not_capable' ? 3 : 2;
}

/** Positive when `a` is the better one: the higher score, or the lower cost. */
function preference(a: Candidate, b: Candidate): number {
  return (a.terms['total'] ?? 0) - (b.terms['total'] ?? 0) || (b.terms['cost_seconds'] ?? 0) - (a.terms['cost_seconds'] ?? 0);
}
