/**
 * The demo at one moment, folded from its facts: who does what, what has happened. Pure.
 * Tasks go  waiting → given → running → done | failed,  and from given or running back to lost when a lease ends.
 */
import type { LogEvent } from '../contract/event.ts';
import type { DemoFact } from './demo-fact.ts';
import { findingOf } from './task-finding.ts';
import { type Tiding, tidingOf } from './tidings.ts';

/** What a task is doing. */
export type BoardStatus = 'waiting' | 'given' | 'running' | 'lost' | 'done' | 'failed';

/** A task on the board. */
export interface BoardTask {
  readonly id: string;
  readonly title: string;
  /** Ids of the tasks that it comes after. */
  readonly after: readonly string[];
  readonly status: BoardStatus;
  readonly session_id: string | null;
  readonly lease: number | null;
  readonly attempt: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  /** The newest report of the run. */
  readonly report: string;
  /** What came of it. */
  readonly finding: string;
}

/** A session on the board. */
export interface BoardSession {
  readonly id: string;
  readonly pid: number;
  readonly status: 'starting' | 'idle' | 'busy' | 'killed' | 'ended' | 'offline' | 'left';
  readonly task_id: string | null;
  readonly completed: number;
}

/** The demo at one moment. */
export interface DemoState {
  readonly title: string;
  readonly settings: string;
  readonly started_at: number;
  readonly now: number;
  readonly sessions: readonly BoardSession[];
  readonly tasks: readonly BoardTask[];
  /** What happened that a person wants to know, oldest first. */
  readonly tidings: readonly Tiding[];
}

/** The state before anything happened. */
export function initialState(head: Pick<DemoState, 'title' | 'settings' | 'started_at'>): DemoState {
  return { ...head, now: head.started_at, sessions: [], tasks: [], tidings: [] };
}

/** The state after a fact. */
export function withFact(state: DemoState, fact: DemoFact): DemoState {
  const tiding = tidingOf(fact);
  const next = fact.kind === 'event' ? withEvent(state, fact.event) : withDeed(state, fact);
  return { ...next, now: Math.max(state.now, fact.time), tidings: tiding === null ? state.tidings : [...state.tidings, tiding] };
}

function withDeed(state: DemoState, fact: Exclude<DemoFact, { kind: 'event' }>): DemoState {
  if (fact.kind === 'spawned') {
    const { session_id: id, pid } = fact;
    return { ...state, sessions: [...state.sessions, { id, pid, status: 'starting', task_id: null, completed: 0 }] };
  }
  if (fact.kind === 'killed') return ofSession(state, fact.session_id, { status: 'killed' });
  return fact.kind === 'lost' ? ofSession(state, fact.session_id, { status: 'ended' }) : state;
}

function withEvent(state: DemoState, event: LogEvent): DemoState {
  switch (event.type) {
    case 'task_added': {
      const { task_id: id, title, dependencies: after = [] } = event.data;
      const nothing = { session_id: null, lease: null, attempt: 0, started_at: null, ended_at: null, report: '', finding: '' };
      return { ...state, tasks: [...state.tasks, { id, title, after, status: 'waiting', ...nothing }] };
    }
    case 'session_registered':
      return ofSession(state, event.data.session_id, { status: 'idle' });
    case 'session_deregistered':
      return ofSession(state, event.data.session_id, { status: 'left', task_id: null });
    case 'session_offline':
      return withOffline(state, event.data.session_id);
    case 'session_returned':
      return ofSession(state, event.data.session_id, { status: 'idle' });
    case 'task_assigned': {
      const { task_id, session_id, attempt } = event.data;
      const given = { status: 'given' as const, session_id, attempt, lease: event.seq, started_at: event.time, report: '' };
      return ofSession(ofTask(state, task_id, given), session_id, { status: 'busy', task_id });
    }
    case 'task_started':
      return ofTask(state, event.data.task_id, { status: 'running', started_at: event.time });
    case 'task_progressed':
      return typeof event.data.details === 'string' ? ofTask(state, event.data.task_id, { report: event.data.details }) : state;
    case 'task_released':
    case 'task_completed':
    case 'task_failed':
    case 'task_cancelled':
      return withEnd(state, event);
    default:
      return state;
  }
}

type EndOfLease = Extract<LogEvent, { type: 'task_released' | 'task_completed' | 'task_failed' | 'task_cancelled' }>;

function withEnd(state: DemoState, event: EndOfLease): DemoState {
  const { task_id, session_id } = event.data;
  const freed = session_id === null ? state : withFreed(state, session_id, event.type === 'task_completed');
  if (event.type === 'task_released') return ofTask(freed, task_id, { status: 'lost', session_id: null, lease: null, report: '' });
  const status = event.type === 'task_completed' ? 'done' : 'failed';
  const finding = event.type === 'task_cancelled' ? event.data.reason : findingOf(event);
  return ofTask(freed, task_id, { status, ended_at: event.time, finding });
}

/** How many tasks it still waits for. */
export function waitsFor(task: BoardTask, { tasks }: Pick<DemoState, 'tasks'>): number {
  return tasks.filter(({ id, status }) => status !== 'done' && task.after.includes(id)).length;
}

function withFreed(state: DemoState, session_id: string, completed: boolean): DemoState {
  const session = state.sessions.find(({ id }) => id === session_id);
  if (session === undefined) return state;
  const status = session.status === 'busy' ? 'idle' : session.status;
  return ofSession(state, session_id, { status, task_id: null, completed: session.completed + (completed ? 1 : 0) });
}

/** The server only sees silence; who was killed stays killed. */
function withOffline(state: DemoState, session_id: string): DemoState {
  const killed = state.sessions.some(({ id, status }) => id === session_id && status === 'killed');
  return ofSession(state, session_id, { status: killed ? 'killed' : 'offline', task_id: null });
}

function ofTask(state: DemoState, id: string, change: Partial<BoardTask>): DemoState {
  return { ...state, tasks: state.tasks.map((task) => (task.id === id ? { ...task, ...change } : task)) };
}

function ofSession(state: DemoState, id: string, change: Partial<BoardSession>): DemoState {
  return { ...state, sessions: state.sessions.map((session) => (session.id === id ? { ...session, ...change } : session)) };
}
