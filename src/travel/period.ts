/**
 * What a period of a log is made of, for a replay: how it began, what came from outside and when, how attempts ended.
 * Invariant: what the rules decided (who got what, when a task was tried again) is no part of it, but for what only the log
 * knows: the ends of attempts and the pauses after them.
 */
import type { EventData, EventType, Fact, LogEvent } from '../contract/event.ts';
import { allPauses } from '../domain/pause/state.ts';
import { isMember } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { DEFAULT_OPTIONS, isTerminal, type Task } from '../domain/task/state.ts';
import { type Opening, openingOf } from './period-figures.ts';
import { AttemptRecorder, type RecordedAttempts } from './recorded-attempts.ts';
import { isQuestion, QuestionRecorder } from './recorded-questions.ts';

/** A time in which a session that later counted as offline had been silent already, ms since 1970. */
export interface Silence {
  readonly session_id: string;
  readonly from: number;
  /** Its last request for work was open until then. */
  readonly asked_until: number;
  readonly until: number;
}

/** What a period is made of. */
export interface Period {
  readonly opening: Opening;
  /** What was there when it began: rules, sessions, unfinished tasks. */
  readonly beginning: readonly Fact[];
  /** Comings and goings of tasks and sessions, and changes of rules, in order; times in ms since 1970. */
  readonly arrivals: readonly { readonly time: number; readonly fact: Fact }[];
  readonly attempts: RecordedAttempts;
  readonly silences: readonly Silence[];
}

const ARRIVALS: ReadonlySet<EventType> = new Set([
  'task_added',
  'task_cancelled',
  'task_retried',
  'task_recalled',
  'task_reprioritised',
  'session_registered',
  'session_returned',
  'session_offline',
  'session_deregistered',
  'session_capability_added',
  'config_applied',
  'resource_set',
  'resource_removed',
  'limit_set',
  'limit_removed',
  'work_paused',
  'work_resumed',
]);

/** Reads a period event by event. */
export class PeriodReader {
  readonly #opening: Opening;
  readonly #beginning: readonly Fact[];
  readonly #recorder: AttemptRecorder;
  readonly #arrivals: { readonly time: number; readonly fact: Fact }[] = [];
  readonly #questions = new QuestionRecorder();
  readonly #silences: Silence[] = [];
  /** When each session was given a task last. */
  readonly #given = new Map<string, number>();

  /** `state` is how it begins, at `time`; it is not kept. */
  constructor(state: SwarmState, time: number) {
    this.#opening = openingOf(state, time);
    this.#beginning = [...beginningOf(state), ...this.#questions.open(state)];
    this.#recorder = new AttemptRecorder(
      this.#opening.running.map(({ task_id }) => task_id),
      time,
    );
  }

  /** Things that a replay takes in. */
  get size(): number {
    return this.#beginning.length + this.#arrivals.length;
  }

  get period(): Period {
    const { attempts } = this.#recorder;
    const [opening, beginning] = [this.#opening, this.#beginning];
    // A part comes with the attempt that added it, when that is known to its end.
    const brought = new Set([...attempts.values()].flat().flatMap(({ brings }) => brings.map(({ fact }) => fact.data)));
    const arrivals = this.#arrivals.filter(({ fact }) => !brought.has(fact.data));
    return { opening, beginning, arrivals, attempts, silences: this.#silences };
  }

  /** Takes the next event. */
  take(event: LogEvent): void {
    const { type, time, data } = event;
    const asked = isQuestion(event) ? this.#questions.take(event, (id) => this.#recorder.isHeld(id)) : null;
    if (asked !== null) this.#arrivals.push({ time, fact: asked });
    this.#recorder.take(event);
    if (type === 'task_assigned') this.#given.set(data.session_id, time);
    if (type === 'session_offline') {
      const { session_id, last_contact: from } = data;
      this.#silences.push({ session_id, from, asked_until: Math.max(from, this.#given.get(session_id) ?? 0), until: time });
    }
    // A copy of an attempt was the policy's doing.
    if (type === 'task_added' && data.options?.speculates_on !== undefined) return;
    if (ARRIVALS.has(type)) this.#arrivals.push({ time, fact: { type, data } as Fact });
  }
}

/** The sessions that were there at some time. */
export function sessionsOf({ beginning, arrivals }: Period): ReadonlySet<string> {
  const facts = [...beginning, ...arrivals.map(({ fact }) => fact)];
  return new Set(facts.flatMap((fact) => (fact.type === 'session_registered' ? [fact.data.session_id] : [])));
}

/** The facts that begin a period: the rules, sessions, limits and unfinished tasks of a state. */
function beginningOf(state: SwarmState): Fact[] {
  const facts: Fact[] = [{ type: 'config_applied', data: { settings: { ...state.settings } } }];
  for (const { name: resource, capacity, ports, description } of state.resources.by_name.values())
    facts.push({ type: 'resource_set', data: { resource, capacity, ports, description } });
  for (const { key, concurrency, rate, configured_at } of state.resources.limits.values())
    if (configured_at !== null) facts.push({ type: 'limit_set', data: { key, concurrency, rate } });
  for (const session of state.sessions.values()) {
    if (!isMember(session) || session.offline) continue;
    const { id, capabilities, specialties, slots, role, runner, host, account, limited } = session;
    const known = { capabilities: [...capabilities], specialties: [...specialties], role, runner, host };
    const whose = account === null ? {} : { account };
    facts.push({ type: 'session_registered', data: { session_id: id, max_concurrent_tasks: slots, ...known, ...whose } });
    // Of the session alone: each comes back at its own moment.
    if (limited !== null && limited.until > state.time)
      facts.push({ type: 'account_limited', data: { ...limited, account: null, session_id: id, spread: 0 } });
  }
  for (const { scope, target, reason } of allPauses(state.pauses)) facts.push({ type: 'work_paused', data: { scope, target, reason } });
  for (const task of state.tasks.values())
    if (!isTerminal(task.status) && task.options.speculates_on === null) facts.push({ type: 'task_added', data: addedAgain(state, task) });
  return facts;
}

function addedAgain(state: SwarmState, task: Task): EventData<'task_added'> {
  const { id, type, title, priority, required_capability, asks, due_at, estimated_hours, options } = task;
  const waits = task.dependencies.filter((each) => state.tasks.has(each) && state.tasks.get(each)?.status !== 'completed');
  const { on_dependency_failure, max_attempts, deadline, labels } = options;
  return {
    task_id: id,
    prev: 0,
    type,
    title,
    spec: '',
    priority,
    explicit_priority: true,
    required_capability,
    ...(estimated_hours === null ? {} : { estimated_hours }),
    ...(asks === null || asks.resources === null ? {} : { resources: { ...asks.resources } }),
    ...(asks === null || asks.concurrency === null ? {} : { concurrency: asks.concurrency }),
    ...(options === DEFAULT_OPTIONS
      ? {}
      : { options: { on_dependency_failure, max_attempts, labels: [...labels], ...(deadline === 0 ? {} : { deadline }) } }),
    ...(waits.length === 0 ? {} : { dependencies: waits, waiting_for: waits.length }),
    ...(due_at === 0 ? {} : { not_before: due_at }),
  };
}
