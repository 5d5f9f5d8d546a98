/**
 * A swarm without engine or journal: the rules, folded as the engine folds them, under a clock that the test sets.
 * For given/when/then tests of the rules and of the views.
 */
import { type EventData, EVENTS, type EventOf, type EventType, type Fact, type LogEvent } from '../../src/contract/event.ts';
import type { Refusal } from '../../src/contract/failure.ts';
import {
  type CommandName,
  type InputOf,
  OPERATIONS,
  type OutputOf,
  type QueryName,
  type TravelQueryName,
} from '../../src/contract/operations.ts';
import type { TaskInput } from '../../src/contract/operations/work-operations.ts';
import { DEFAULT_SETTINGS, type SettingsPatch } from '../../src/contract/settings.ts';
import type { TaskView } from '../../src/contract/views/task-view.ts';
import type { Caller } from '../../src/contract/caller.ts';
import type { RetiredRecord, Rule } from '../../src/domain/decision.ts';
import { Dispatcher } from '../../src/domain/dispatch/dispatch.ts';
import type { Demanding } from '../../src/domain/dispatch/demanding.ts';
import { lookAgain } from '../../src/domain/dispatch/second-look.ts';
import { consequences } from '../../src/domain/consequences.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { RULES } from '../../src/domain/rules.ts';
import { seal } from '../../src/domain/seal.ts';
import type { Session } from '../../src/domain/session/state.ts';
import { createState, type SwarmState } from '../../src/domain/state.ts';
import { passTime } from '../../src/domain/swarm/pass-time.ts';
import { decideRetention } from '../../src/domain/swarm/retention.ts';
import { oldestFinished } from '../../src/domain/task/evolve.ts';
import { remainsOf, type Task } from '../../src/domain/task/state.ts';
import { cronCalendar } from '../../src/engine/cron-calendar.ts';
import { QUERIES } from '../../src/views/queries.ts';
import { REPLIES } from '../../src/views/replies.ts';
import { showTask } from '../../src/views/task-view.ts';
import type { ViewContext } from '../../src/views/view-context.ts';

/** A caller without a session credential. */
export const ANYONE: Caller = { actor: 'test', credential: null };

/** What a command decided: its events, or a refusal. */
export type Outcome = readonly LogEvent[] | Refusal;

/** The rules of one swarm, driven by a test. */
export class TestSwarm {
  readonly state: SwarmState = createState('test', DEFAULT_SETTINGS);
  readonly dispatcher = new Dispatcher();
  readonly log: LogEvent[] = [];
  readonly contacts = new Map<string, number>();
  /** Sessions that wait for work, as the views are told. */
  readonly wanting = new Set<string>();
  /** What is asked of tasks that left memory. */
  readonly retired = new Map<string, RetiredRecord>();
  /** ms since 1970: a quarter past ten in the evening, UTC, at the start. */
  now = 1_700_000_000_000;
  /** What the rules get for randomness. */
  random: () => number = () => 0.5;
  /** Called after every event. */
  onEvent: (event: LogEvent) => void = () => undefined;

  /** Runs a command; returns its events, or the refusal. The input is checked against the contract. */
  run(name: CommandName, input: unknown, caller: Caller = ANYONE): Outcome {
    const parsed = OPERATIONS[name].input.parse(input) as never;
    const rule = RULES[name] as Rule<CommandName>;
    const retired = new Map<string, RetiredRecord>();
    const asked = new Set<string>();
    const named = (): readonly string[] => (rule.names?.(this.state, parsed, retired) ?? []).filter((id) => !asked.has(id));
    for (let ids = named(); ids.length > 0; ids = named()) {
      for (const id of ids) {
        asked.add(id);
        const record = this.retired.get(id);
        if (record !== undefined) retired.set(id, record);
      }
    }
    const decision = rule.decide(this.state, parsed, { now: this.now, random: this.random, caller, retired, calendar: cronCalendar });
    if ('refused' in decision) return decision;
    const session = (input as { session_id?: string }).session_id;
    if (session !== undefined) this.contacts.set(session, this.now);
    return this.record(decision);
  }

  /** Runs a command that must not be refused. */
  must(name: CommandName, input: unknown, caller: Caller = ANYONE): readonly LogEvent[] {
    const outcome = this.run(name, input, caller);
    if ('refused' in outcome) throw new Error(`${name} was refused: ${outcome.refused}`);
    return outcome;
  }

  /** Runs a command and answers as a door would; `dispatched` sessions get work in between. */
  async answer<N extends CommandName>(name: N, input: InputOf<N>, dispatched: readonly string[] = []): Promise<OutputOf<N>> {
    const events = this.must(name, input);
    this.dispatch(...dispatched);
    return await REPLIES[name](this.state, input, events, this.viewContext);
  }

  /** Asks a query. */
  async ask<N extends Exclude<QueryName, TravelQueryName>>(name: N, input: InputOf<N>): Promise<OutputOf<N>> {
    return await QUERIES[name](this.state, input, this.viewContext);
  }

  /** What the views look at beside the state. */
  get viewContext(): ViewContext {
    const { log, retired } = this;
    return {
      now: this.now,
      contacts: this.contacts,
      calendar: cronCalendar,
      dispatch: {
        wants: (id) => this.wanting.has(id),
        candidates: (task) => this.dispatcher.candidates(this.state, task, this.#demand(), this.now),
      },
      log: {
        head: log.length,
        after: async (since, limit) => log.slice(since, since + limit),
        at: async (seq) => log[seq - 1] ?? null,
        retired: async (ids) => new Map([...retired].filter(([id]) => ids.includes(id))),
      },
    };
  }

  /** A session with these capabilities and slots. Returns its incarnation. */
  register(session_id: string, capabilities: readonly string[] = [], max_concurrent_tasks = 1): number {
    return this.must('session.register', { session_id, capabilities, max_concurrent_tasks }).at(-1)?.seq ?? 0;
  }

  /** Adds a task of type build unless another is named. Returns its id. */
  add(task: Partial<TaskInput> = {}): string {
    const [event] = this.must('work.add', { type: 'build', title: 'a task', ...task });
    return event?.type === 'task_added' ? event.data.task_id : '';
  }

  /** A session claims a task. Returns the lease. */
  claim(session_id: string, task_id: string): number {
    this.must('work.claim', { session_id, task_id });
    return this.task(task_id).lease?.number ?? 0;
  }

  /** A session claims a task and ends it. Returns the events of its end. */
  finish(session_id: string, task_id: string, status: 'completed' | 'failed' = 'completed', more: object = {}): readonly LogEvent[] {
    this.claim(session_id, task_id);
    return this.must('work.complete', { session_id, task_id, status, ...more });
  }

  /** Changes settings. */
  configure(settings: SettingsPatch): void {
    this.must('config.apply', { settings });
  }

  /** Gives ready tasks to these sessions, as the engine does after each command. */
  dispatch(...sessions: string[]): readonly LogEvent[] {
    const events: LogEvent[] = [];
    const demand = { sessions: () => sessions, has: (id: string) => sessions.includes(id) };
    this.dispatcher.run(this.state, demand, this.now, (fact) => events.push(...this.record([fact])));
    return events;
  }

  /** The second look of the safety pass, for these sessions. */
  lookAgain(...sessions: string[]): readonly LogEvent[] {
    const events: LogEvent[] = [];
    const demand = { sessions: () => sessions, has: (id: string) => sessions.includes(id) };
    lookAgain(this.state, demand, this.now, (facts) => events.push(...this.record(facts)));
    return events;
  }

  /** Lets time pass, then makes the health pass. */
  pass(seconds: number): readonly LogEvent[] {
    this.now += seconds * 1000;
    const events: LogEvent[] = [];
    const context = { now: this.now, random: this.random, caller: ANYONE, retired: this.retired, calendar: cronCalendar };
    passTime(this.state, this.contacts, context, (facts) => events.push(...this.record(facts)));
    return events;
  }

  /** Lets time pass in which these sessions send heartbeats at its end, then makes the health pass. */
  passAlive(seconds: number, ...sessions: string[]): readonly LogEvent[] {
    this.now += seconds * 1000;
    for (const session of sessions) this.contacts.set(session, this.now);
    return this.pass(0);
  }

  /** Retires finished tasks if it is time. */
  retire(): readonly LogEvent[] {
    return this.record(decideRetention(this.state));
  }

  /** A writer takes over: what it heard of sessions is gone. */
  recover(): void {
    this.contacts.clear();
    this.record([{ type: 'swarm_recovered', data: { writer: 'test' } }]);
  }

  /** A task in memory. */
  task(id: string): Task {
    const task = this.state.tasks.get(id);
    if (task === undefined) throw new Error(`no task ${id} in memory`);
    return task;
  }

  /** A task as it is shown. */
  view(id: string): TaskView {
    return showTask(this.state, this.task(id));
  }

  /** A session. */
  session(id: string): Session {
    const session = this.state.sessions.get(id);
    if (session === undefined) throw new Error(`no session ${id}`);
    return session;
  }

  /** Folds facts in. */
  record(facts: readonly Fact[]): readonly LogEvent[] {
    const events = facts.map((fact) => {
      const origin = { time: this.now, actor: 'test', command_id: null };
      const event = structuredClone(seal(this.state, fact, EVENTS[fact.type].version, origin));
      if (event.type === 'tasks_retired') this.#keepRemains(event.data);
      evolve(this.state, event);
      this.dispatcher.note(this.state, event);
      this.log.push(event);
      this.onEvent(event);
      return event;
    });
    if (events.length > 0) this.record(consequences(this.state));
    return events;
  }

  /** The state that the log folds into, from nothing. */
  refold(): SwarmState {
    const state = createState('test', DEFAULT_SETTINGS);
    for (const event of this.log) evolve(state, structuredClone(event));
    return state;
  }

  #demand(): Demanding {
    return { sessions: () => this.wanting, has: (id) => this.wanting.has(id) };
  }

  #keepRemains(retired: EventData<'tasks_retired'>): void {
    for (const task of oldestFinished(this.state, retired)) {
      const last = this.log[task.last_seq - 1];
      const story = this.log.filter(({ data }) => 'prev' in data && data.task_id === task.id) as RetiredRecord['story'];
      if (last !== undefined) this.retired.set(task.id, { ...remainsOf(task), last, story });
    }
  }
}

/** The types of some events, in order; the code of a refusal. */
export function typesOf(outcome: Outcome): EventType[] | string {
  return 'refused' in outcome ? outcome.refused : outcome.map((event) => event.type);
}

/** The data of the only event of a type among some. */
export function dataOf<T extends EventType>(outcome: Outcome, type: T): EventOf<T>['data'] {
  const events = 'refused' in outcome ? [] : outcome.filter((event) => event.type === type);
  const [only] = events;
  if (only === undefined || events.length > 1)
    throw new Error(`${events.length} events of type ${type} in ${JSON.stringify(typesOf(outcome))}`);
  return only.data as EventOf<T>['data'];
}
