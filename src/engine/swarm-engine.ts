/**
 * The writer of one swarm. Owns: its state, its journal, its timers.
 *
 * A command is decided and folded in at once, in memory; its events go to the journal with those of its neighbours;
 * its answer, the answers of reads that saw it, and its publication wait until the journal has it.
 * Modes: open → broken (a failed append or a broken invariant: everybody waiting is told to try again, what is durable is read
 * again and shown, until another writer may have the log) → open; open → closed. A writer whose log another one has for good
 * stays broken and says so. Invariant: nothing is visible before it is durable; state == fold(log).
 */
import { EVENTS, type Fact, type LogEvent } from '../contract/event.ts';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { CommandName } from '../contract/operations.ts';
import { DEFAULT_SETTINGS } from '../contract/settings.ts';
import type { Caller } from '../contract/caller.ts';
import { type DecideContext, type Decision, NO_RETIRED, type RetiredRecord, type Rule } from '../domain/decision.ts';
import type { DispatchInsight } from '../domain/dispatch/candidates.ts';
import { consequences } from '../domain/consequences.ts';
import { evolve } from '../domain/evolve.ts';
import { RULES } from '../domain/rules.ts';
import { type EventOrigin, seal } from '../domain/seal.ts';
import type { SwarmState } from '../domain/state.ts';
import { settingsToRecord } from '../domain/swarm/decide.ts';
import { passTime } from '../domain/swarm/pass-time.ts';
import { decideRetention } from '../domain/swarm/retention.ts';
import type { Journal } from '../journal/journal.ts';
import { type Command, type Listener, listenTo, refuse, type Reply, type Submission, TUTTI } from './command.ts';
import { wantsWork } from './demand.ts';
import type { EngineOptions, Waiting } from './engine-options.ts';
import { cronCalendar } from './cron-calendar.ts';
import { asEngineFailure, refusalOf } from './engine-failure.ts';
import { Feed } from './feed.ts';
import { GroupCommit } from './group-commit.ts';
import { LastDurable, takeoverOf } from './last-durable.ts';
import { Passes } from './passes.ts';
import { Past } from './past.ts';
import { openAndRecover } from './recover-state.ts';
import type { Recovered } from './recovered.ts';
import { isInOtherHands, Reopening } from './reopening.ts';
import { repeatAnswer } from './repeated-command.ts';
import { Handout } from './handout.ts';
import { findRetired, gatherRetired, notInMemory, retiredBy } from './retired-tasks.ts';
import { SwarmTime } from './swarm-time.ts';

const CHUNK_BYTES = 32_768;
const WAITERS_AT_MOST = 100_000;

/** The writer of one swarm. */
export class SwarmEngine {
  /** Its earlier moments. */
  readonly past: Past;
  readonly #options: EngineOptions;
  readonly #handout: Handout;
  /** How work is given out now. */
  readonly insight: DispatchInsight;
  readonly #contacts = new Map<string, number>();
  readonly #random = (): number => this.#options.random.next();
  readonly #time: SwarmTime;
  #journal: Journal;
  #state: SwarmState;
  #commands: Recovered['commands'];
  #feed: Feed;
  #commit: GroupCommit;
  #flushing = false;
  #mode: 'open' | 'broken' | 'closed' = 'open';
  #fault: Failure | null = null;
  #closing: Promise<void> | null = null;
  /** The timed passes, which keep the samples of the metrics. */
  readonly passes: Passes;
  readonly #reopening: Reopening;
  readonly #durable: LastDurable;

  private constructor(options: EngineOptions, journal: Journal, recovered: Recovered) {
    this.#options = options;
    this.#durable = new LastDurable(options, { adopt: (found) => this.#adopt(found), now: () => this.now() });
    this.#time = new SwarmTime(options.clock);
    this.#journal = journal;
    this.#state = recovered.state;
    this.#commands = recovered.commands;
    this.#handout = new Handout({
      state: () => this.#state,
      now: () => this.now(),
      record: (facts) => this.#recordOwn(facts),
      offload: options.offload,
    });
    this.insight = this.#handout.insight;
    this.#feed = new Feed(() => this.#journal, recovered.state.seq);
    this.past = new Past(options, this.#feed);
    this.#commit = this.#commitTo(journal);
    this.passes = new Passes(options.clock, {
      state: () => this.#state,
      contacts: this.#contacts,
      now: () => this.now(),
      checkHealth: (silenceCounts) => this.#attempt(() => this.#checkHealth(silenceCounts)),
      checkAssignments: () => this.#attempt(() => this.#handout.pass()),
      nextAssignment: () => this.#handout.nextTime(),
    });
    this.#reopening = new Reopening(options.clock, {
      reopen: () => this.#reopen(),
      isBroken: () => this.#mode === 'broken',
      onFailure: (failure) => this.#durable.doubtIf(isInOtherHands((this.#fault = failure))),
      onTaken: (failure) => options.onTaken?.((this.#fault = failure)),
    });
  }

  /** Opens the journal, rebuilds the state and takes over as its writer. Throws Failure. */
  static async open(options: EngineOptions): Promise<SwarmEngine> {
    const { journal, recovered } = await openAndRecover(options);
    const engine = new SwarmEngine(options, journal, recovered);
    try {
      await engine.#takeOver();
      return engine;
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  /** Name of the swarm. */
  get name(): string {
    return this.#options.name;
  }

  /** Identity of the log: a cursor of another log, or of this one before it was restored from a copy, is not valid here. */
  get journalId(): string {
    const { id, restored = null } = this.#journal;
    return restored === null ? id : `${id}~${restored}`;
  }

  /** When each session was last heard of, ms since 1970. */
  get contacts(): ReadonlyMap<string, number> {
    return this.#contacts;
  }

  /** ms since 1970, never less than the time of the last event; it goes on when the clock is set back. */
  now(): number {
    return this.#time.now(this.#state.time);
  }

  /** The durable events. */
  get feed(): Feed {
    return this.#feed;
  }

  /** Why the engine takes no commands now, or null. */
  get fault(): Failure | null {
    return this.#journal.readOnly === null ? this.#fault : new Failure('read_only', { reason: this.#journal.readOnly.reason });
  }

  /** Decides a command and tells its answer once that is durable, or a Failure, refusals included; never before this returns. */
  submit<N extends CommandName, T>(command: Command<N>, reply: Reply<T>, listener: Listener<T>): void {
    const submission = { command, reply, listener };
    if (notInMemory(this.#state, command).length === 0) return this.#decide(submission, NO_RETIRED);
    const find = (ids: readonly string[]): ReturnType<typeof findRetired> => this.retired(ids, RULES[command.name].recalls);
    const gathered = gatherRetired((found) => notInMemory(this.#state, command, found), find);
    listenTo(gathered, { resolve: (retired) => this.#decide(submission, retired), reject: (error) => listener.reject(error) });
  }

  /** Like `submit`, as a promise of the answer. */
  execute<N extends CommandName, T>(command: Command<N>, reply: Reply<T>): Promise<T> {
    return new Promise((resolve, reject) => this.submit(command, reply, { resolve, reject }));
  }

  /** Like `execute` for `work.request`, but waits up to `waitMs` for an assignment. `stop` ends the waiting. */
  request<T>(command: Command<'work.request'>, reply: Reply<T | null>, waiting: Waiting): Promise<T | null> {
    return this.execute(command, (state, events) => reply(state, events) ?? this.#park(command, reply, waiting));
  }

  /** Reads the state, or while the log cannot be written what is durable of it; resolves once the log is durable up to it. */
  read<T>(project: (state: SwarmState) => T | Promise<T>): Promise<T> {
    if (this.#mode !== 'open' && (this.#mode === 'closed' || !this.#durable.isKnown)) return Promise.reject(this.#failure());
    try {
      return this.#commit.when(project(this.#state), null);
    } catch (error) {
      return Promise.reject(error instanceof Failure ? error : new Failure('internal', { reason: reasonOf(error) }, error));
    }
  }

  /** A session's standing wish for work, while a connection lasts. Returns how to end it. */
  standFor(sessionId: string): () => void {
    const end = this.#handout.demand.stand(sessionId);
    this.#attempt(() => {
      this.#handout.run(sessionId);
      this.passes.notice();
    });
    return end;
  }

  /** The retired ones among these tasks, with their last events; with their whole stories, if `whole`. */
  async retired(ids: readonly string[], whole = false): Promise<ReadonlyMap<string, RetiredRecord>> {
    try {
      await this.#commit.when(undefined, null);
      return await findRetired(this.#journal, this.#feed, ids, whole);
    } catch (error) {
      throw asEngineFailure(error);
    }
  }

  /** Takes no more commands, ends parked requests, waits for the last commit, closes the journal. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#handout.demand.wakeAll();
    this.#flush();
    this.#mode = 'closed';
    this.passes.stop();
    const stopped = this.#reopening.stop();
    await this.#commit.when(undefined, null).catch(() => undefined);
    await stopped;
    await this.past.close();
    await this.#options.offload?.close();
    await this.#journal.close();
  }

  /** `said`: the log says already that a writer took over. */
  async #takeOver(said = false): Promise<void> {
    if (this.#journal.readOnly !== null) return;
    this.#recordOwn(settingsToRecord(this.#state, DEFAULT_SETTINGS, this.#options.settings ?? {}));
    this.#recordOwn(said ? [] : takeoverOf(this.#state, this.#options));
    this.#flush();
    await this.#commit.when(undefined, null);
    this.passes.start();
  }

  #decide<N extends CommandName, T>(submission: Submission<N, T>, retired: ReadonlyMap<string, RetiredRecord>): void {
    const { command, reply, listener } = submission;
    const no = this.#whyNot();
    if (no !== null) return refuse(no, listener);
    const id = command.input.command_id;
    const first = id === undefined ? undefined : this.#commands.firstEvent(id, this.now());
    if (first !== undefined) return listenTo(repeatAnswer(this, command, first, reply), listener);
    const context = this.#context(retired, command.caller, command.earlier);
    let decision: Decision;
    try {
      decision = (RULES[command.name] as Rule<N>).decide(this.#state, command.input, context);
    } catch (error) {
      return refuse(new Failure('internal', { reason: reasonOf(error) }, error), listener);
    }
    if ('refused' in decision) return this.#commit.tell(undefined as T, new Failure(decision.refused, decision.params), listener);
    try {
      this.#perform(submission, decision, context.now);
    } catch (error) {
      this.#break(error, this.#journal);
      refuse(this.#failure(), listener);
    }
  }

  /** Records what was decided, gives out what became ready, and answers. */
  #perform<N extends CommandName, T>({ command, reply, listener }: Submission<N, T>, facts: readonly Fact[], now: number): void {
    const { input, caller } = command;
    const events = this.#record(facts, { time: now, actor: caller.actor, command_id: input.command_id ?? null });
    const sessionId = 'session_id' in input ? (input.session_id ?? null) : null;
    if (sessionId !== null) this.#contacts.set(sessionId, now);
    this.#handout.run(wantsWork(command) ? sessionId : null);
    let answer: T | Promise<T>;
    try {
      answer = reply(this.#state, events);
    } catch (error) {
      return this.#commit.tell(undefined as T, new Failure('internal', { reason: reasonOf(error) }, error), listener);
    }
    this.#commit.tell(answer, null, listener);
  }

  #park<T>(command: Command<'work.request'>, reply: Reply<T | null>, waiting: Waiting): Promise<T | null> | null {
    if (waiting.waitMs <= 0 || waiting.stop?.aborted === true) return null;
    const { session_id } = command.input;
    const incarnation = this.#state.sessions.get(session_id)?.incarnation;
    const answer = (): Promise<T | null> => {
      if (this.#mode !== 'open') return Promise.reject(this.#failure());
      const replaced = this.#state.sessions.get(session_id)?.incarnation !== incarnation;
      const failure = replaced ? new Failure('incarnation_stale', { session_id }) : null;
      return this.#commit.when(replaced ? null : reply(this.#state, []), failure);
    };
    const parked = this.#handout.demand.park({ session_id, answer }, waiting, this.#options.clock);
    this.passes.notice();
    return parked;
  }

  #record(facts: readonly Fact[], origin: EventOrigin): readonly LogEvent[] {
    const events: LogEvent[] = [];
    if (facts.length === 0) return events;
    for (const fact of facts) events.push(this.#recordOne(fact, origin));
    if (origin.command_id !== null) this.#commands.note(origin.command_id, this.#state.seq - events.length + 1, this.#state.time);
    this.#recordOwn(consequences(this.#state));
    this.#scheduleFlush();
    return events;
  }

  #recordOne(fact: Fact, origin: EventOrigin): LogEvent {
    const event = seal(this.#state, fact, EVENTS[fact.type].version, origin);
    const retired = retiredBy(this.#state, event);
    evolve(this.#state, event);
    this.#handout.note(event);
    this.#commit.add(event, retired);
    if (event.type === 'config_applied') this.passes.start();
    if (event.type === 'session_registered' || event.type === 'session_deregistered') this.#handout.demand.wake(event.data.session_id);
    return event;
  }

  #scheduleFlush(): void {
    if (this.#commit.openBytes >= CHUNK_BYTES) this.#flush();
    if (this.#flushing || this.#commit.openBytes === 0) return;
    this.#flushing = true;
    this.#options.clock.soon(() => {
      this.#flushing = false;
      this.#attempt(() => {
        this.#recordOwn(decideRetention(this.#state));
        this.#flush();
      });
    });
  }

  #flush(): void {
    if (this.#mode !== 'open') return;
    this.passes.notice();
    this.#commit.flush();
  }

  #commitTo(journal: Journal): GroupCommit {
    return new GroupCommit(journal, {
      onDurable: (chunk, events) => this.#feed.publish(chunk, events),
      onFailure: (error) => this.#break(error, journal),
    });
  }

  /** Runs a step; whatever it throws breaks the writer, because state and log may differ now. */
  #attempt(step: () => void): void {
    try {
      if (this.#mode === 'open') step();
    } catch (error) {
      this.#break(error, this.#journal);
    }
  }

  #break(error: unknown, journal: Journal): void {
    if (journal !== this.#journal) return;
    if (this.#mode === 'closed') this.#commit.abandon(asEngineFailure(error));
    if (this.#mode !== 'open') return;
    this.#mode = 'broken';
    this.#durable.forget();
    this.passes.stop();
    this.#fault = asEngineFailure(error);
    this.#options.onFault?.({ reason: reasonOf(error), recovered: false });
    this.#commit.abandon(this.#failure());
    this.#handout.demand.wakeAll();
    this.#reopening.start(this.#fault);
  }

  async #reopen(): Promise<void> {
    await this.#durable.find(this.#journal, this.#feed.head);
    await this.#journal.close().catch(() => undefined);
    const { journal, recovered, first } = await this.#durable.reopen();
    if (this.#mode !== 'broken') {
      await journal.close();
      return;
    }
    this.#journal = journal;
    this.#commit = this.#commitTo(journal);
    this.#feed.restart(recovered.state.seq, first);
    this.#mode = 'open';
    this.#fault = null;
    await this.#takeOver(true);
    this.#options.onFault?.({ reason: 'the log was re-read', recovered: true });
  }

  #adopt({ state, commands }: Recovered): void {
    this.#state = state;
    this.#commands = commands;
    this.#handout.forget();
  }

  #checkHealth(silenceCounts: boolean): void {
    for (const id of this.#handout.demand.waiting()) this.#contacts.set(id, this.now());
    passTime(this.#state, silenceCounts ? this.#contacts : null, this.#context(NO_RETIRED, TUTTI), (facts) => this.#recordOwn(facts));
    this.#handout.run(null);
    for (const id of this.#contacts.keys()) if (!this.#state.sessions.has(id)) this.#contacts.delete(id);
  }

  #whyNot(): Failure | null {
    if (this.#mode !== 'open') return this.#failure();
    if (this.#journal.readOnly !== null) return new Failure('read_only', { reason: this.#journal.readOnly.reason });
    if (this.#commit.waiting >= WAITERS_AT_MOST)
      return new Failure('too_many_requests', { reason: `${this.#commit.waiting} commands wait for the disk`, retry_after: 1 });
    return null;
  }

  #failure(): Failure {
    return this.#mode === 'closed' ? new Failure('shutting_down') : refusalOf(this.#fault);
  }

  /** Records what the engine itself found out. */
  #recordOwn(facts: readonly Fact[]): void {
    if (facts.length > 0) this.#record(facts, { time: this.now(), actor: TUTTI.actor, command_id: null });
  }

  #context(retired: ReadonlyMap<string, RetiredRecord>, caller: Caller, earlier?: DecideContext['earlier']): DecideContext {
    return { now: this.now(), random: this.#random, caller, retired, calendar: cronCalendar, earlier };
  }
}
