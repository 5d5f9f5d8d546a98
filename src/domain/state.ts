/**
 * The state of a swarm: what its log folds into. Only `evolve` changes it.
 * Invariant: state == fold(log); added = pending + assigned + in progress + terminal.
 */
import type { SessionStatus, TaskStatus } from '../contract/ids.ts';
import type { Settings } from '../contract/settings.ts';
import { createTurns, type GroupTurns } from '../scheduling/group-turns.ts';
import { type ArrivalOrder, createArrivals } from './arrival-order.ts';
import { type Activity, createActivity } from './activity/state.ts';
import type { AccountLimits } from './session/session-limit.ts';
import { type CapabilityRegistry, createCapabilities } from './capability/state.ts';
import type { ColleagueRequest } from './colleague/state.ts';
import { createDecisions, type Decisions } from './decision/state.ts';
import { createLedger, type Ledger } from './inbox/ledger.ts';
import { type Budgets, createBudgets } from './budget/state.ts';
import type { HostedSessions } from './hosted/state.ts';
import { createKnowledge, type KnowledgeBase } from './knowledge/state.ts';
import { createLocks, type Locks } from './lock/state.ts';
import { createMessages, type Messages } from './message/state.ts';
import { createResources, type Resources } from './resource/state.ts';
import { createSchedules, type Schedules } from './schedule/state.ts';
import type { KindRecord } from './learning/state.ts';
import type { Session } from './session/state.ts';
import type { Signal } from './signal/state.ts';
import { createGroups, type Groups } from './group/state.ts';
import { createPauses, type Pauses } from './pause/state.ts';
import type { CopyRecord } from './task/copy-record.ts';
import type { Setbacks } from './task/setback.ts';
import { createKeys, type RecentKeys } from './task/recent-keys.ts';
import { createReadyQueue, type ReadyQueue } from './task/ready-queue.ts';
import type { Task } from './task/state.ts';
import { createTaskList, type TaskList } from './task/task-list.ts';
import type { TerminalControls } from './terminal/state.ts';
import { createTimedTasks, type TimedTasks } from './task/timed-tasks.ts';

/** The state of a swarm. */
export interface SwarmState {
  readonly name: string;
  /** The last event that was folded in, and its time in ms since 1970. */
  seq: number;
  time: number;
  settings: Settings;
  /** The settings that the log names. */
  readonly settings_recorded: Set<string>;
  readonly tasks: Map<string, Task>;
  /** The tasks by the numbers of the events that added them. */
  readonly task_order: ArrivalOrder;
  readonly sessions: Map<string, Session>;
  /** The sessions by their incarnations. */
  readonly session_order: ArrivalOrder;
  readonly ready: ReadyQueue;
  /** Pending tasks that must not start before a time. */
  readonly delayed: TimedTasks;
  /** Unfinished tasks whose deadline has not passed. */
  readonly deadlines: TimedTasks;
  /** Unfinished tasks whose deadline has passed. */
  overdue: number;
  /** Task → the last speculative copy of it. */
  readonly copies: Map<string, CopyRecord>;
  /** Where attempts at unfinished tasks came to nothing. */
  readonly setbacks: Setbacks;
  /** Task → its unfinished parts. */
  readonly parts: Map<string, Set<string>>;
  readonly groups: Groups;
  /** When the turn of each group is, by what it got. */
  readonly group_turns: GroupTurns;
  readonly pauses: Pauses;
  readonly keys: RecentKeys;
  /** Task → tasks that wait for it. */
  readonly dependents: Map<string, string[]>;
  /** Completed and cancelled tasks in memory, in the order in which they ended. */
  readonly finished: TaskList;
  /** The same of failed ones: the dead letters. */
  readonly dead: TaskList;
  /** What the results of both take. */
  finished_bytes: number;
  /** Sessions that deregistered, oldest first. */
  readonly ended_sessions: Set<string>;
  /** Last default number given per task type. */
  readonly counters: Map<string, number>;
  /** What was learned, per kind of task. */
  readonly kinds: Map<string, KindRecord>;
  readonly task_counts: Record<TaskStatus, number>;
  readonly session_counts: Record<SessionStatus, number>;
  added: number;
  retired: number;
  readonly activity: Activity;
  readonly capabilities: CapabilityRegistry;
  readonly schedules: Schedules;
  readonly resources: Resources;
  readonly knowledge: KnowledgeBase;
  readonly messages: Messages;
  readonly locks: Locks;
  /** Session → who has the keyboard of its terminal. */
  readonly terminals: TerminalControls;
  /** What became of the processes that hosts keep. */
  readonly hosted: HostedSessions;
  readonly budgets: Budgets;
  readonly accounts: AccountLimits;
  /** Some session is kept from working by a budget. */
  halted: boolean;
  readonly decisions: Decisions;
  readonly signals: Ledger<Signal>;
  readonly colleagues: Ledger<ColleagueRequest>;
  /** Items of the inbox that are put off → until when, ms since 1970. */
  readonly snoozed: Map<string, number>;
  /** When a writer last took over: leases and sessions count their silence from here. */
  recovered_at: number;
}

/** The state before the first event. */
export function createState(name: string, settings: Settings): SwarmState {
  return {
    name,
    seq: 0,
    time: 0,
    settings,
    settings_recorded: new Set(),
    tasks: new Map(),
    task_order: createArrivals(),
    sessions: new Map(),
    session_order: createArrivals(),
    ready: createReadyQueue(),
    delayed: createTimedTasks(),
    deadlines: createTimedTasks(),
    overdue: 0,
    copies: new Map(),
    setbacks: new Map(),
    parts: new Map(),
    groups: createGroups(),
    group_turns: createTurns(),
    pauses: createPauses(),
    keys: createKeys(),
    dependents: new Map(),
    finished: createTaskList(),
    dead: createTaskList(),
    finished_bytes: 0,
    ended_sessions: new Set(),
    counters: new Map(),
    kinds: new Map(),
    task_counts: { pending: 0, assigned: 0, in_progress: 0, completed: 0, failed: 0, cancelled: 0 },
    session_counts: { idle: 0, busy: 0, offline: 0 },
    added: 0,
    retired: 0,
    activity: createActivity(),
    capabilities: createCapabilities(),
    schedules: createSchedules(),
    resources: createResources(),
    knowledge: createKnowledge(),
    messages: createMessages(),
    locks: createLocks(),
    terminals: new Map(),
    hosted: new Map(),
    budgets: createBudgets(),
    accounts: new Map(),
    halted: false,
    decisions: createDecisions(),
    signals: createLedger(),
    colleagues: createLedger(),
    snoozed: new Map(),
    recovered_at: 0,
  };
}
