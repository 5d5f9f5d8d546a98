/**
 * What the rules know of a session.
 *
 * States: registered → idle ⇄ busy → offline → (idle | busy) …; deregistered ends it; registering again begins a new
 * incarnation. Status is derived: offline after silence, busy while it holds a task or says so, else idle.
 * Invariant: `held` lists exactly the tasks whose lease names this session, and never more than `slots`.
 */
import type { SessionMode, SessionStatus, UserContext } from '../../contract/ids.ts';
import type { Tallies } from '../capability/state.ts';
import { createSessionRecord, type SessionRecord } from '../learning/state.ts';
import type { Breaker } from './breaker.ts';
import type { SessionLimit } from './session-limit.ts';

/** What a session has achieved, over all its incarnations. */
export interface Performance {
  completed: number;
  failed: number;
  /** Sum over completed tasks. */
  duration_ms: number;
  readonly learned: SessionRecord;
  readonly tallies: Tallies;
}

/** Nothing achieved yet. */
export function createPerformance(): Performance {
  return { completed: 0, failed: 0, duration_ms: 0, learned: createSessionRecord(), tallies: new Map() };
}

/** A session. Times are ms since 1970. */
export interface Session {
  readonly id: string;
  /** Sequence number of its registration. */
  readonly incarnation: number;
  readonly registered_at: number;
  /** Those it registered with, and what it got since. */
  capabilities: readonly string[];
  readonly specialties: readonly string[];
  readonly slots: number;
  readonly role: string | null;
  readonly runner: string | null;
  readonly host: string | null;
  /** Whose allowance at a provider it uses; sessions with the same one share it. null: nobody said. */
  readonly account: string | null;
  readonly mode: SessionMode;
  readonly user_context: UserContext | null;
  readonly performance: Performance;
  /** Keeps a session that fails again and again from getting more. */
  readonly breaker: Breaker;
  /** Its provider took no more; it stays here when it is over, until a task is completed. */
  limited: SessionLimit | null;
  /** Tasks it holds, in the order they were given. */
  readonly held: string[];
  /** What it said last. */
  reported: 'idle' | 'busy';
  offline: boolean;
  /** It finishes what it has and gets nothing new. Follows the swarm's pauses. */
  paused: boolean;
  /** When it went offline; 0 while it is not. */
  offline_at: number;
  /** A budget that is used up keeps it from working. Derived whenever usage or budgets change. */
  halted: boolean;
  /** 0 until it deregistered. */
  ended_at: number;
  /** Derived from the fields above whenever they change. */
  status: SessionStatus;
}

/** True until the session deregistered. */
export function isMember(session: Session): boolean {
  return session.ended_at === 0;
}

/** Tasks it could take now. */
export function freeSlots(session: Session): number {
  return session.ended_at !== 0 || session.offline || session.halted ? 0 : session.slots - session.held.length;
}

/** True when the session can do tasks that need this capability; null means anyone can. */
export function isCapable(session: Session, capability: string | null): boolean {
  return capability === null || session.capabilities.includes(capability);
}

/** Completed ÷ ended tasks; 1 before the first. */
export function successRate(performance: Performance): number {
  const ended = performance.completed + performance.failed;
  return ended === 0 ? 1 : performance.completed / ended;
}

/** Shrunk success, (completed + 2) ÷ (ended + 3): the task-type prior of the success estimate in the scheduling notes. */
export function performanceScore(performance: Performance): number {
  return (performance.completed + 2) / (performance.completed + performance.failed + 3);
}
