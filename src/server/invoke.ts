/**
 * The one path from a door to the engine: HTTP, WebSocket and MCP calls, and the measurements, all come through here.
 * Input is checked by the contract, a command is executed, a query is read, and the view of it is the answer.
 * Invariant: an answer that fails never breaks the writer, because by then the state and the log agree.
 */
import { Failure } from '../contract/failure.ts';
import type { Moment } from '../contract/moment.ts';
import {
  type CommandName,
  OPERATIONS,
  type OperationName,
  type OutputOf,
  type QueryName,
  type TravelQueryName,
  TRAVELS,
} from '../contract/operations.ts';
import type { LogEvent } from '../contract/event.ts';
import type { ReadChanges } from '../contract/views/changes-view.ts';
import type { Caller } from '../contract/caller.ts';
import { type Command, type Listener, listenTo, refuse, type Reply } from '../engine/command.ts';
import { cronCalendar } from '../engine/cron-calendar.ts';
import type { SwarmEngine } from '../engine/swarm-engine.ts';
import { subjectsAsked } from '../views/event-places.ts';
import { QUERIES } from '../views/queries.ts';
import { REPLIES } from '../views/replies.ts';
import { answerRollback, showPlan } from '../views/rollback-view.ts';
import type { ViewContext } from '../views/view-context.ts';
import { awaitEvents } from './await-events.ts';
import { asFailure } from './problem.ts';
import { validatorOf } from './validate-input.ts';

/** Who calls, and for a call that waits, what ends the waiting. */
export interface WaitingCaller extends Caller {
  /** Raised when the caller has gone: `work.request` answers at once that there is no task. */
  readonly signal?: AbortSignal | undefined;
}

/** What is called, and by whom. */
export interface Invocation {
  readonly name: OperationName;
  /** Checked here; whatever a client sent. */
  readonly input: unknown;
  readonly caller: WaitingCaller;
}

type Run = (engine: SwarmEngine, input: unknown, caller: WaitingCaller, listener: Listener<unknown>) => void;
type StateQueryName = Exclude<QueryName, TravelQueryName>;
type SlowRun = (engine: SwarmEngine, input: unknown, caller: WaitingCaller) => Promise<unknown>;

const RUNS: ReadonlyMap<string, Run> = new Map(
  (Object.keys(OPERATIONS) as OperationName[]).filter((name) => OPERATIONS[name].kind !== 'live').map((name) => [name, runOf(name)]),
);
const CONTEXTS = new WeakMap<SwarmEngine, ViewContext>();
const CHANGES = new WeakMap<SwarmEngine, ReadChanges>();

/** Calls an operation. Tells its output once everything it saw is durable, or a Failure; never before this returns. */
export function ask(engine: SwarmEngine, { name, input, caller }: Invocation, listener: Listener<unknown>): void {
  const run = RUNS.get(name);
  if (run === undefined) return refuse(new Failure('operation_unknown', { operation: name }), listener);
  try {
    run(engine, input, caller, listener);
  } catch (error) {
    refuse(asFailure(error), listener);
  }
}

/** Like `ask`, as a promise of the output. */
export function invoke(engine: SwarmEngine, name: OperationName, input: unknown, caller: WaitingCaller): Promise<unknown> {
  return new Promise((resolve, reject) => ask(engine, { name, input, caller }, { resolve, reject }));
}

/** The name of an operation as an operation's name. Throws Failure `operation_unknown`. */
export function operationNamed(name: string): OperationName {
  if (Object.hasOwn(OPERATIONS, name)) return name as OperationName;
  throw new Failure('operation_unknown', { operation: name.slice(0, 64) });
}

function runOf(name: OperationName): Run {
  if (name === 'work.request') return listening(requestRun());
  if (name === 'decision.show') return listening(decisionRun());
  if (name === 'event.rollback') return listening(rollbackRun());
  if (travels(name)) return listening(travelRun(name));
  return OPERATIONS[name].kind === 'command'
    ? commandRun(name as CommandName, REPLIES[name as CommandName])
    : listening(queryRun(name as StateQueryName, QUERIES[name as StateQueryName]));
}

function listening(run: SlowRun): Run {
  return (engine, input, caller, listener) => listenTo(run(engine, input, caller), listener);
}

function commandRun<N extends CommandName>(name: N, view: (typeof REPLIES)[N]): Run {
  const validate = validatorOf(name);
  return (engine, raw, caller, listener) => {
    const command: Command<N> = { name, input: validate(raw), caller };
    engine.submit(command, replyTo(engine, command, view), listener);
  };
}

function requestRun(): SlowRun {
  const validate = validatorOf('work.request');
  return (engine, raw, caller) => {
    const input = validate(raw);
    const command: Command<'work.request'> = { name: 'work.request', input, caller };
    const reply = replyTo(engine, command, REPLIES['work.request']);
    const waitMs = (input.wait ?? 0) * 1000;
    if (waitMs === 0) return engine.execute(command, reply);
    const found: Reply<unknown> = (state, events) => {
      const answer = reply(state, events);
      return isPending(answer) || answer.task !== null ? answer : null;
    };
    const waiting = caller.signal === undefined ? { waitMs } : { waitMs, stop: caller.signal };
    return engine.request(command, found, waiting).then((answer) => answer ?? { task: null, assignment: null });
  };
}

/** With `wait` it answers once the decision is closed, the time is over or the caller has gone. */
function decisionRun(): SlowRun {
  const validate = validatorOf('decision.show');
  const view = QUERIES['decision.show'];
  return (engine, raw, { signal }) => {
    const input = validate(raw);
    if (input.at !== undefined) return askPast(engine, 'decision.show', input, signal);
    const show = () => engine.read((state) => handled(view(state, input, viewContextOf(engine))));
    const concerns = ({ data }: LogEvent): boolean => 'decision_id' in data && data.decision_id === input.decision_id;
    const isClosed = ({ decision }: OutputOf<'decision.show'>): boolean => decision.status !== 'open';
    return input.wait === undefined || input.wait === 0
      ? show()
      : awaitEvents(engine.feed, show, { concerns, isEnough: isClosed, waitMs: input.wait * 1000, signal });
  };
}

function queryRun<N extends StateQueryName>(name: N, view: (typeof QUERIES)[N]): SlowRun {
  const validate = validatorOf(name);
  return (engine, raw, { signal }) => {
    const input = validate(raw);
    if (input.at !== undefined || (engine.past.answers && isSearch(name, input))) return askPast(engine, name, input, signal);
    return engine.read((state) => handled(view(state, input, viewContextOf(engine))));
  };
}

/** True for a list of events that are looked for: whoever answers about the past has an index of them. */
function isSearch(name: StateQueryName, input: object): boolean {
  return name === 'event.list' && subjectsAsked(input).length > 0;
}

/** A query that looks at more than one moment. */
function travelRun(name: TravelQueryName): SlowRun {
  const validate = validatorOf(name);
  return (engine, raw, { signal }) => askPast(engine, name, validate(raw), signal);
}

/** First how things were then, away from the loop; then the rule, or for a dry run only its plan. */
function rollbackRun(): SlowRun {
  const validate = validatorOf('event.rollback');
  return async (engine, raw, caller) => {
    const input = validate(raw);
    const past = await engine.past.ask({ query: 'event.rollback', input, now: engine.now() }, caller.signal);
    const earlier = past as NonNullable<Command['earlier']>;
    const planned: Reply<OutputOf<'event.rollback'>> = (state) =>
      showPlan(state, input, earlier, { now: engine.now(), calendar: cronCalendar, caller });
    if (input.dry_run === true) return engine.read((state) => planned(state, []));
    const command: Command<'event.rollback'> = { name: 'event.rollback', input, caller, earlier };
    return engine.execute(command, (state, events) => (events.length === 0 ? planned(state, []) : answerRollback(input, events)));
  };
}

function travels(name: OperationName): name is TravelQueryName {
  return (TRAVELS as readonly string[]).includes(name);
}

/** What a query says about an earlier moment. */
function askPast(
  engine: SwarmEngine,
  query: QueryName,
  input: { readonly at?: Moment | undefined },
  signal: AbortSignal | undefined,
): Promise<unknown> {
  return engine.past.ask({ query, input, at: input.at, now: engine.now() }, signal);
}

/** The answer of a command; a view that fails becomes a promise that fails, so that the writer goes on. */
function replyTo<N extends CommandName>(engine: SwarmEngine, command: Command<N>, view: (typeof REPLIES)[N]): Reply<OutputOf<N>> {
  return (state, events) => {
    try {
      return handled(view(state, command.input, events, viewContextOf(engine)));
    } catch (error) {
      return handled(Promise.reject(asFailure(error)));
    }
  };
}

/** A pending answer may fail long before the command is durable and somebody looks at it. */
function handled<T>(answer: T): T {
  if (isPending(answer)) answer.catch(() => undefined);
  return answer;
}

function isPending<T>(answer: T | Promise<T>): answer is Promise<T> {
  return answer instanceof Promise;
}

/** Lets views of this swarm read what commits changed. */
export function giveChanges(engine: SwarmEngine, read: ReadChanges): void {
  CHANGES.set(engine, read);
}

/** What views of this swarm may look at beside its state. */
export function viewContextOf(engine: SwarmEngine): ViewContext {
  const known = CONTEXTS.get(engine);
  if (known !== undefined) return known;
  const context: ViewContext = {
    get now() {
      return engine.now();
    },
    contacts: engine.contacts,
    samples: engine.passes.samples,
    calendar: cronCalendar,
    get changes() {
      return CHANGES.get(engine);
    },
    get dispatch() {
      return engine.insight;
    },
    log: {
      get head() {
        return engine.feed.head;
      },
      get archived() {
        return engine.feed.archived;
      },
      archiveMissing: () => engine.feed.archiveMissing(),
      after: (since, limit) => engine.feed.after(since, limit),
      // A view may name an event that it saw in the state and that is still on its way to the disk.
      at: (seq) => (seq <= engine.feed.head ? engine.feed.at(seq) : engine.read(() => undefined).then(() => engine.feed.at(seq))),
      retired: (ids) => engine.retired(ids),
    },
  };
  CONTEXTS.set(engine, context);
  return context;
}
