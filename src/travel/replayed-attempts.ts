/**
 * Owns the attempts that run in a replay: when each ends, and how.
 * Invariant: an attempt that was cut off is made again whole; one that runs while its session is silent does not end.
 */
import type { Fact } from '../contract/event.ts';
import { refusalsOf } from '../domain/session/provider-limit.ts';
import type { Session } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { cascadeFrom, failForGood, failureOf } from '../domain/task/failure.ts';
import { failedAtOnce } from '../domain/task/decide-add.ts';
import { releaseTask } from '../domain/task/release.ts';
import { isTerminal, type Task } from '../domain/task/state.ts';
import type { Period, Silence } from './period.ts';
import type { AttemptEnd, RecordedAttempt } from './recorded-attempts.ts';
import type { LaterFacts } from './later-facts.ts';
import { answerOf, questionOf } from './recorded-questions.ts';

/** An attempt that has begun. */
export interface RunningAttempt {
  readonly task_id: string;
  readonly session_id: string;
  readonly lease: number;
  /** ms since 1970. */
  readonly began: number;
}

interface Ending {
  readonly time: number;
  readonly attempt: RunningAttempt;
  readonly end: AttemptEnd;
}

const MEAN_UNKNOWN_MS = 60_000;

/** The attempts of one replay. */
export class AttemptReplay {
  readonly #recorded: Period['attempts'];
  readonly #silences = new Map<string, Silence[]>();
  /** Attempts at each task that have ended. */
  readonly #made = new Map<string, number>();
  /** The earliest last. */
  readonly #running: Ending[] = [];
  readonly #guessed = new Set<string>();
  readonly #mean: number;
  readonly #later: LaterFacts;
  /** Tasks of the period: any other one is long done. */
  readonly #tasks: ReadonlySet<string>;
  #asked = 0;

  /** What attempts bring about at some time after them goes into `later`. */
  constructor({ attempts, silences }: Pick<Period, 'attempts' | 'silences'>, later: LaterFacts, tasks: ReadonlySet<string>) {
    this.#recorded = attempts;
    this.#later = later;
    this.#tasks = tasks;
    for (const silence of silences) this.#silences.set(silence.session_id, [...(this.#silences.get(silence.session_id) ?? []), silence]);
    const completed = [...attempts.values()].flat().filter(({ kind }) => kind === 'completed');
    this.#mean = completed.length === 0 ? MEAN_UNKNOWN_MS : completed.reduce((sum, { took }) => sum + took, 0) / completed.length;
  }

  /** Tasks with an attempt of which nobody knows how it ends. */
  get guessed(): number {
    return this.#guessed.size;
  }

  /** When the next attempt ends, ms since 1970; Infinity: none runs. */
  get next(): number {
    return this.#running.at(-1)?.time ?? Infinity;
  }

  /** False while a session was silent and had no request for work open. */
  mayAsk(sessionId: string, now: number): boolean {
    return !(this.#silences.get(sessionId)?.some(({ asked_until, until }) => asked_until < now && now < until) ?? false);
  }

  begin(attempt: RunningAttempt): void {
    this.#runOn(attempt, attempt.began);
  }

  /** Ends the next attempt at `now`; what that brings about. */
  end(state: SwarmState, now: number): readonly Fact[] {
    const ending = this.#running.pop();
    if (ending === undefined) return [];
    const { attempt, end } = ending;
    const task = state.tasks.get(attempt.task_id);
    const lease = task?.lease ?? null;
    if (task === undefined || lease?.number !== attempt.lease) return [];
    if (end.kind !== 'released' && this.#isSilent(lease.session_id, now)) return [];
    this.#made.set(task.id, (this.#made.get(task.id) ?? 0) + 1);
    const given = { task_id: task.id, prev: 0, lease: lease.number, session_id: lease.session_id };
    if (end.kind === 'completed') return [{ type: 'task_completed', data: { ...given, result: null, duration_ms: end.duration_ms } }];
    if (end.kind === 'failed') {
      const failure = { reason: end.reason, result: null, duration_ms: end.duration_ms };
      return end.pause === null ? failForGood(state, task, failure) : [failureOf(task, failure, now + end.pause)];
    }
    if (end.kind === 'released') return releaseTask(state, task, end.reason, { now });
    if (end.kind === 'suspended') return this.#suspended(state, task, given, end);
    if (end.kind === 'asked') return this.#askedBy(state, task, end, now);
    const session = state.sessions.get(lease.session_id);
    if (end.kind === 'parked' && session !== undefined && isOfAccount(session, end)) return parkedAgain(given, session, end, now);
    this.#runOn(attempt, now);
    return [];
  }

  /** As the rule of suspending decides; a part that is still to come is waited for too. */
  #suspended(state: SwarmState, task: Task, given: Given, { wait_for, on_dependency_failure }: Suspended): Fact[] {
    const statusOf = (id: string): Task['status'] | undefined => state.tasks.get(id)?.status;
    const waiting = wait_for.filter((id) => {
      const status = this.#tasks.has(id) ? statusOf(id) : 'completed';
      return !(status === 'completed' || (on_dependency_failure === 'ignore' && status !== undefined && isTerminal(status)));
    });
    const data = { ...given, wait_for: waiting, waiting_for: waiting.length, on_dependency_failure, checkpoint: null };
    const fails = on_dependency_failure === 'cascade' && waiting.some((id) => isFailure(statusOf(id)));
    return [{ type: 'task_suspended', data }, ...(fails ? [failedAtOnce(task.id), ...cascadeFrom(state, task)] : [])];
  }

  /** It goes back until people have answered: as long as they took then. */
  #askedBy(state: SwarmState, task: Task, { pause }: Asked, now: number): Fact[] {
    this.#asked += 1;
    const id = `what-if-${this.#asked}`;
    if (pause !== null) this.#later.put(now + pause, answerOf(id, task.id));
    return [questionOf(id, task.id), ...releaseTask(state, task, 'waiting_for_person', { now })];
  }

  #isSilent(sessionId: string, now: number): boolean {
    return this.#silences.get(sessionId)?.some(({ from, until }) => from < now && now < until) ?? false;
  }

  #runOn(attempt: RunningAttempt, from: number): void {
    const end = this.#endOf(attempt);
    for (const { after, fact } of end.brings) this.#later.put(from + after, fact);
    const time = from + end.took;
    const place = this.#running.findLastIndex((each) => each.time >= time);
    this.#running.splice(place + 1, 0, { time, attempt, end });
  }

  /** The recorded end of the next attempt; when there are no more, the task goes as it went when it completed, or as others did. */
  #endOf({ task_id, session_id }: RunningAttempt): RecordedAttempt {
    const ends = this.#recorded.get(task_id) ?? [];
    let made = this.#made.get(task_id) ?? 0;
    const brings = [];
    while (this.#isOfTheDead(ends[made], session_id)) {
      brings.push(...(ends[made]?.brings ?? []));
      made += 1;
    }
    this.#made.set(task_id, made);
    const known = ends[made] ?? ends.findLast(({ kind }) => kind === 'completed');
    if (known !== undefined) return { ...known, brings: [...brings, ...known.brings] };
    this.#guessed.add(task_id);
    return { kind: 'completed', took: this.#mean, duration_ms: this.#mean, brings };
  }

  /** True for an attempt that was taken back from a session that had died, when another one makes it. */
  #isOfTheDead(end: AttemptEnd | undefined, sessionId: string): boolean {
    return end?.kind === 'released' && end.session_id !== sessionId && this.#isSilent(end.session_id, end.at);
  }
}

type Parked = Extract<AttemptEnd, { kind: 'parked' }>;
type Suspended = Extract<AttemptEnd, { kind: 'suspended' }>;
type Asked = Extract<AttemptEnd, { kind: 'asked' }>;
type Given = Readonly<Record<'task_id' | 'session_id', string> & Record<'prev' | 'lease', number>>;

function isFailure(status: Task['status'] | undefined): boolean {
  return status === 'failed' || status === 'cancelled';
}

/** True when the session shares what was used up then. */
function isOfAccount(session: Session, { account, session_id }: Parked): boolean {
  return account === null ? session.id === session_id : session.account === account;
}

/** A reset that was said stays at its time; a wait that was not is as long as it was. */
function parkedAgain(given: Given, session: Session, { account, reason, reset_at, pause, limited, spread }: Parked, now: number): Fact[] {
  const from = reset_at === null ? now + limited : Math.max(now, reset_at);
  const until = pause === 0 ? now : from + Math.max(0, pause - limited);
  const limit = { account, session_id: session.id, reason, reset_at, until: from, spread, times: refusalsOf(session, now) };
  return [
    { type: 'task_parked', data: { ...given, reason, reset_at, until, checkpoint: null } },
    { type: 'account_limited', data: limit },
  ];
}
