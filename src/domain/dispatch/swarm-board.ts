/**
 * The dispatch board of a swarm: what the policy `optimal` looks at. Derived from the state and not part of it: made from
 * the state when it is first needed, then kept in step by every event that is folded in.
 * Invariants: one row per unfinished task, one per member; a row is ready exactly while its task is in the ready queue;
 * slots in use = tasks held; a session that shows no demand is closed. Times in ms.
 */
import type { EventData, EventOf, LogEvent } from '../../contract/event.ts';
import { DispatchBoard } from '../../scheduling/dispatch-board.ts';
import { optimalPolicy } from '../../scheduling/optimal-policy.ts';
import type { Assignment } from '../../scheduling/dispatch-decision.ts';
import type { ResourceAmount } from '../../scheduling/plan-problem.ts';
import type { SessionEstimate } from '../../scheduling/session-table.ts';
import { TASK_STATE, URGENT_BAND } from '../../scheduling/task-table.ts';
import { invariant } from '../invariant.ts';
import type { Resource } from '../resource/state.ts';
import { isMember, type Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { isTerminal, type Task } from '../task/state.ts';
import { BoardEstimates } from './board-estimates.ts';
import { groupWeights } from '../group/group-weights.ts';
import { estimateOf } from '../learning/estimate.ts';
import { untriedFactor } from '../learning/expected-time.ts';
import { kindOf, nominalDuration } from '../learning/task-kind.ts';

import { OVERDUE } from '../../scheduling/ready-heap.ts';
import { setbackAt } from '../task/setbacks.ts';

/** Classes of tasks that a board may hold before it is made anew without those that are no longer there. */
const CLASSES_TOLERATED = 256;

/** What is expected of a kind of task at a session. */
export type Estimates = (state: SwarmState, session: Session, kind: string, now: number) => SessionEstimate;

/** What was learned. */
const learnedEstimate: Estimates = (state, session, kind, now) => estimateOf(state.kinds, session.performance.learned, kind, now);

/** The board of one swarm. */
export class SwarmBoard {
  readonly board: DispatchBoard;
  readonly maxWait: number;
  readonly #state: SwarmState;
  readonly #rows = new Map<string, number>();
  readonly #tasks: (Task | null)[] = [];
  readonly #indices = new Map<string, number>();
  readonly #sessions: (Session | null)[] = [];
  /** Sessions that are open, and in which round each of them showed demand last. */
  #open: number[] = [];
  readonly #asked: number[] = [];
  #round = 0;
  /** Tasks that entered or left the ready queue since the last event. */
  #changed: Task[] = [];
  readonly #classesAtMost: number;
  readonly #estimates: BoardEstimates;

  /** Places of the resources on the board. */
  readonly #resources = new Map<Resource, number>();

  /** Reads the whole state. */
  constructor(state: SwarmState, now: number, estimate: Estimates = learnedEstimate) {
    this.#state = state;
    this.maxWait = state.settings.max_wait;
    this.board = new DispatchBoard({
      maxAge: this.maxWait * 1000,
      turns: state.group_turns,
      setbacks: {
        any: (row) => state.setbacks.size > 0 && state.setbacks.has(this.taskAt(row).id),
        until: (row, index) => setbackAt(state, this.#tasks[row]?.id ?? '', this.#sessions[index]?.id ?? '')?.until,
      },
    });
    this.#estimates = new BoardEstimates(this.board, (index, kind, at) => estimate(state, this.sessionAt(index), kind, at));
    this.#weigh();
    this.#estimates.prior = (kind, requires) => untriedFactor(state, kind, requires);
    for (const session of state.sessions.values()) if (isMember(session)) this.#join(session, now);
    for (const task of state.tasks.values()) if (!isTerminal(task.status)) this.#add(task, now);
    this.#classesAtMost = Math.max(CLASSES_TOLERATED, 2 * this.board.sessions.classes.length);
  }

  /** True when too many classes have gathered: it should be made anew. */
  get isCrowded(): boolean {
    return this.board.sessions.classes.length > this.#classesAtMost;
  }

  /** Follows an event that was just folded into the state. */
  note(event: LogEvent): void {
    this.#follow(event);
    if (this.#changed.length === 0) return;
    for (const task of this.#changed) this.#settle(task, event.time);
    this.#changed = [];
  }

  #follow(event: LogEvent): void {
    switch (event.type) {
      case 'task_added':
      case 'task_retried':
      case 'task_recalled':
        this.#add(this.#taskNamed(event.data.task_id), event.time);
        return;
      case 'task_assigned':
        this.#start(event.data.task_id, event.data.session_id, event.time);
        return;
      case 'task_suspended':
      case 'task_parked':
      case 'task_released':
      case 'task_failed':
      case 'task_completed':
      case 'task_cancelled':
        this.#end(event);
        return;
      case 'task_reprioritised':
      case 'task_overdue':
        this.#reorder(event.data.task_id, event.time);
        return;
      case 'resource_set':
        this.#setCapacities();
        return;
      case 'config_applied':
        this.#weigh();
        return;
      case 'session_registered':
        this.#leave(event.data.session_id);
        this.#join(this.#state.sessions.get(event.data.session_id) as Session, event.time);
        return;
      case 'session_deregistered':
        this.#leave(event.data.session_id);
        return;
      case 'capability_defined':
      case 'capability_removed':
        this.refresh(event.time);
        return;
      default:
    }
  }

  /** Begins to follow the state's queue; one board at a time can. */
  follow(): void {
    this.#state.ready.onChange = (task) => this.#changed.push(task);
  }

  /** Sets how urgent an unfinished task is. */
  #reorder(id: string, now: number): void {
    const task = this.#taskNamed(id);
    const row = this.#rows.get(id);
    if (row !== undefined) this.board.setPriority(row, urgencyOf(task), now);
  }

  /** Follows no longer. */
  drop(): void {
    this.#state.ready.onChange = null;
  }

  /** Opens exactly the sessions that want work; false when none of them has a free slot. */
  open(wanting: Iterable<string>, freeOf: (session: Session) => number): boolean {
    this.#round += 1;
    for (const id of wanting) {
      const index = this.#indices.get(id);
      const session = index === undefined ? null : this.#sessions[index];
      if (index === undefined || session === null || session === undefined || freeOf(session) <= 0) continue;
      if (this.#asked[index] === this.#round) continue;
      this.#asked[index] = this.#round;
      if (this.board.sessions.session(index).open) continue;
      this.board.sessions.setOpen(index, true);
      this.#open.push(index);
    }
    this.#open = this.#open.filter((index) => {
      if (this.#asked[index] === this.#round) return true;
      if (this.#sessions[index] !== null) this.board.sessions.setOpen(index, false);
      return false;
    });
    return this.#open.length > 0;
  }

  /** What the policy starts now, on the sessions that are open. */
  decide(now: number): readonly Assignment[] {
    this.#estimates.rankSome(now);
    return optimalPolicy(this.board, now);
  }

  /** When `decide` is to be asked again although nothing happens, ms since 1970; infinite when that is not known. */
  get reconsiderAt(): number {
    return this.board.reconsiderAt;
  }

  /** Where and when the plan has a waiting task start; null without a plan for it. */
  plannedStart(row: number): { readonly session: Session; readonly at: number } | null {
    const { plan, tasks } = this.board;
    const step = tasks.planStart.has(row) ? plan.find(({ task }) => task === row) : undefined;
    const session = step === undefined ? null : this.#sessions[step.session];
    return step === undefined || session === null || session === undefined ? null : { session, at: step.start };
  }

  /** What a session was kept idle for by the last decision; null when it was not. */
  keptFor(session: Session): { readonly session: Session; readonly task: Task; readonly until: number } | null {
    const kept = this.board.keptFor.get(this.#indices.get(session.id) ?? -1);
    const task = kept === undefined ? null : this.#tasks[kept.task];
    return kept === undefined || task === null || task === undefined ? null : { session, task, until: kept.until };
  }

  /** True when a ready task goes before what sessions are kept for. */
  isUrgent(task: Task): boolean {
    const row = this.#rows.get(task.id);
    return row !== undefined && task.queued && this.board.ready.bandOf(row) >= URGENT_BAND;
  }

  /** Brings every estimate and rank up to date at once. */
  refresh(now: number): void {
    this.#estimates.refresh(now);
  }

  /** Indices of the open sessions. */
  get openSessions(): readonly number[] {
    return this.#open;
  }

  /** The row of an unfinished task, or undefined. */
  rowOf(task: Task): number | undefined {
    return this.#rows.get(task.id);
  }

  /** The index of a member, or undefined. */
  indexOf(session: Session): number | undefined {
    return this.#indices.get(session.id);
  }

  /** The task of a row. */
  taskAt(row: number): Task {
    const task = this.#tasks[row];
    invariant(task !== null && task !== undefined, () => `row ${row} of the board has no task`);
    return task;
  }

  /** The session of an index. */
  sessionAt(index: number): Session {
    const session = this.#sessions[index];
    invariant(session !== null && session !== undefined, () => `place ${index} of the board has no session`);
    return session;
  }

  #weigh(): void {
    this.board.shares.setWeights(groupWeights(this.#state.settings.group_weights));
  }

  #join(session: Session, now: number): void {
    const index = this.board.joinSession({ slots: session.slots, capabilities: session.capabilities });
    this.board.sessions.setOpen(index, false);
    this.#indices.set(session.id, index);
    this.#sessions[index] = session;
    this.#asked[index] = 0;
    this.#estimates.joined(index, now);
  }

  #leave(id: string): void {
    const index = this.#indices.get(id);
    if (index === undefined) return;
    invariant(this.board.sessions.session(index).running.size === 0, () => `${id} leaves the board with tasks`);
    this.#open = this.#open.filter((open) => open !== index);
    this.board.leaveSession(index);
    this.#indices.delete(id);
    this.#sessions[index] = null;
  }

  #add(task: Task, now: number): void {
    const taskClass = this.#estimates.known(this.#classOf(task), now);
    const spec = { taskClass, priority: urgencyOf(task), duration: nominalDuration(task), after: this.#awaited(task) };
    const row = this.board.addTask(spec, now, true);
    this.#rows.set(task.id, row);
    this.#tasks[row] = task;
    for (const id of this.#state.dependents.get(task.id) ?? []) {
      const next = this.#rows.get(id);
      if (next === undefined) continue;
      this.board.linkTask(next, row, now);
      this.#settle(this.taskAt(next), now);
    }
    if (task.lease === null) {
      this.#settle(task, now);
      return;
    }
    this.board.releaseTask(row, now, task.ready_at);
    this.#start(task.id, task.lease.session_id, task.lease.assigned_at);
  }

  #classOf(task: Task): number {
    const { required_capability, group } = task;
    const requires = required_capability === null ? [] : [required_capability];
    const demands = this.#demandsOf(task);
    const asks = demands.length === 0 ? {} : { demands };
    return this.board.classOf({ requires, kind: kindOf(task), ...(group === null ? {} : { group }), ...asks });
  }

  /** What a lease takes of resources. Ranges of ports are left to the gate, which knows which numbers are free. */
  #demandsOf({ needs }: Task): ResourceAmount[] {
    return (needs?.amounts ?? []).flatMap(([resource, amount]) => {
      if (resource.ports !== null) return [];
      let place = this.#resources.get(resource);
      if (place === undefined) {
        place = this.board.capacities.push(resource.capacity) - 1;
        this.board.inUse.push(0);
        this.#resources.set(resource, place);
      }
      return [{ resource: place, amount }];
    });
  }

  #setCapacities(): void {
    for (const [resource, place] of this.#resources) this.board.capacities[place] = resource.capacity;
    this.#estimates.capacitiesChanged();
  }

  /** Rows of the unfinished tasks that a task waits for. */
  #awaited(task: Task): number[] {
    if (task.waiting_for === 0) return [];
    // Of these some may be unfinished again although the task no longer waits for them.
    const asks = task.options.on_dependency_failure === 'ignore' || task.attempt > 0;
    return task.dependencies.flatMap((id) => {
      const row = this.#rows.get(id);
      if (row === undefined || (asks && !(this.#state.dependents.get(id) ?? []).includes(task.id))) return [];
      return [row];
    });
  }

  #start(taskId: string, sessionId: string, at: number): void {
    const row = this.#rows.get(taskId);
    const session = this.#indices.get(sessionId);
    invariant(row !== undefined && session !== undefined, () => `${taskId} was given to ${sessionId}, but the board lacks one of them`);
    invariant(this.board.tasks.state[row] === TASK_STATE.ready, () => `${taskId} was given out, but is not ready on the board`);
    this.board.startTask(row, session, at);
  }

  #end(event: EventOf<'task_released' | 'task_suspended' | 'task_parked' | 'task_failed' | 'task_completed' | 'task_cancelled'>): void {
    const task = this.#taskNamed(event.data.task_id);
    const row = this.#rows.get(task.id);
    if (row === undefined) return;
    const session = this.#indices.get(('session_id' in event.data ? event.data.session_id : null) ?? '');
    if (session !== undefined) this.#estimates.observed(kindOf(task), session, event.time);
    if (!isTerminal(task.status)) {
      if (this.board.tasks.state[row] === TASK_STATE.running) this.board.stopTask(row, event.time);
      if (event.type === 'task_suspended') this.#awaitOthers(task, row, (event.data as EventData<'task_suspended'>).wait_for, event.time);
      this.#settle(task, event.time);
      return;
    }
    const next = this.board.tasks.successors[row]?.map((other) => this.taskAt(other)) ?? [];
    this.board.finishTask(row, event.time);
    this.#rows.delete(task.id);
    this.#tasks[row] = null;
    for (const dependent of next) this.#settle(dependent, event.time);
  }

  /** Lets a suspended task wait for what it named. */
  #awaitOthers({ id: taskId }: Task, row: number, waitFor: readonly string[], time: number): void {
    for (const id of waitFor) {
      const before = this.#rows.get(id);
      if (before !== undefined && this.#state.dependents.get(id)?.includes(taskId) === true) this.board.linkTask(row, before, time);
    }
  }

  /** Brings the row of a task that nobody holds in step with the task. */
  #settle(task: Task, now: number): void {
    const row = this.#rows.get(task.id);
    if (row === undefined || task.lease !== null) return;
    const { tasks } = this.board;
    if (tasks.priority[row] !== urgencyOf(task)) this.board.setPriority(row, urgencyOf(task), now);
    if (!task.queued && tasks.waiting[row] === 0) this.board.holdTask(row);
    else if (tasks.state[row] === TASK_STATE.held) this.board.releaseTask(row, now, task.ready_at);
  }

  #taskNamed(id: string): Task {
    const task = this.#state.tasks.get(id);
    invariant(task !== undefined, () => `the board follows an event of ${id}, which is not in memory`);
    return task;
  }
}

/** An overdue task comes before others of its priority, and not before those of a higher one. */
function urgencyOf({ priority, overdue }: Task): number {
  return overdue ? priority + OVERDUE : priority;
}
