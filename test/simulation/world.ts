/**
 * One simulated world: a server on a disk, workers, people, and what goes wrong between them, from a seed to a verdict.
 *
 *     chaos (blows and faults, people at work) ─▶ calm (no faults, everything up) ─▶ everything that can end has ended
 *
 * Invariants are checked while it runs; the log is held against what everybody was told when it ends.
 */
import { hash } from 'node:crypto';
import { reasonOf } from '../../src/contract/failure.ts';
import type { LogEvent } from '../../src/contract/event.ts';
import type { SwarmState } from '../../src/domain/state.ts';
import { isReady } from '../../src/domain/task/state.ts';
import type { Link } from '../../src/journal/chain.ts';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { calmDown, loseFolderOnce, strikeLater } from './blows.ts';
import { Workforce } from './workforce.ts';
import { brokenPromises, chainFaults, courseFaults, earlyStarts, eventsOf, foldOf } from './log-checks.ts';
import { ServerKeeper } from './server-keeper.ts';
import { copyFaults } from './copy-checks.ts';
import { SimArchivist } from './sim-archivist.ts';
import { SimOperator } from './sim-operator.ts';
import { type Plan, SimPerson } from './sim-person.ts';
import type { Verdict } from './verdict.ts';
import { type WorldOptions, WorldParts } from './world-parts.ts';

const CHECK_EVERY_MS = 5000;
/** A lone session whose tasks all fail is tried every five minutes (B9), so calm takes its time. */
const CALM_MS = 14_400_000;
/** A world takes some ten thousand steps: one that takes so many does the same thing again and again. */
const STEPS_AT_MOST = 2_000_000;

/** Runs the world of a seed to its end. */
export async function runWorld(seed: string, options: WorldOptions = {}): Promise<Verdict> {
  AbortSignal.any = joinSignals;
  const restore = options.mutant?.apply?.();
  const parts = new WorldParts(seed, options);
  const onRejection = (reason: unknown): void => parts.violate(`nobody handled: ${reasonOf(reason)}`);
  process.on('unhandledRejection', onRejection);
  try {
    return await new World(parts).run();
  } finally {
    parts.end();
    process.off('unhandledRejection', onRejection);
    restore?.();
  }
}

/**
 * Node 24 keeps a joined signal that somebody listens to until it aborts: dead processes listen for ever, and a long run
 * would keep all its worlds. This one lives as long as those that it was joined of.
 */
function joinSignals(signals: Iterable<AbortSignal>): AbortSignal {
  const joined = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) joined.abort(signal.reason);
    else joinedOf(signal).add(joined);
  }
  return joined.signal;
}

/** What was joined of each signal: one listener tells all, because a signal looks through its listeners with each that comes. */
const JOINED = new WeakMap<AbortSignal, Set<AbortController>>();

function joinedOf(signal: AbortSignal): Set<AbortController> {
  const known = JOINED.get(signal);
  if (known !== undefined) return known;
  const joined = new Set<AbortController>();
  JOINED.set(signal, joined);
  signal.addEventListener(
    'abort',
    () => {
      for (const each of joined) each.abort(signal.reason);
    },
    { once: true },
  );
  return joined;
}

class World {
  readonly #parts: WorldParts;
  readonly #keeper: ServerKeeper;
  readonly #crew: Workforce;
  readonly #ending = new AbortController();

  constructor(parts: WorldParts) {
    this.#parts = parts;
    this.#keeper = new ServerKeeper(parts, () => this.#checkFold());
    this.#crew = new Workforce(parts);
  }

  async run(): Promise<Verdict> {
    const { time, plan, violations } = this.#parts;
    this.#keeper.start();
    for (const worker of this.#crew.workers) this.#crew.start(worker);
    const people = [...this.#invitePeople(), ...this.#inviteOperator(), ...this.#inviteArchivist()];
    strikeLater(this.#parts, this.#keeper, this.#crew);
    loseFolderOnce(this.#parts, this.#keeper);
    this.#checkLater();
    const isBroken = (): boolean => {
      if (time.events > STEPS_AT_MOST && violations.length === 0) this.#parts.violate('the world does not come to rest');
      return violations.length > 0;
    };
    await time.runUntil(time.now + plan.chaos_ms, isBroken);
    if (!isBroken()) {
      calmDown(this.#parts, this.#keeper, this.#crew);
      for (const leaving of people) leaving.abort();
      await time.runUntil(time.now + CALM_MS, () => isBroken() || this.#isDone());
      await this.#judgeCalm();
    }
    this.#ending.abort();
    const verdict = await this.#judge();
    this.#keeper.process?.kill();
    for (const { process } of this.#crew.workers) process?.kill();
    return verdict;
  }

  /** Returns how to send each of them home. */
  #invitePeople(): AbortController[] {
    const { plan, random, testimony, net } = this.#parts;
    const shared: Plan = { planned: 0, made: [] };
    return Array.from({ length: plan.people }, (_, index) => {
      const process = this.#parts.makeProcess(`person-${index + 1}`, plan.clock);
      const has = { random: random.derive(process.name), testimony, habits: plan.habits, plan: shared };
      const person = new SimPerson(process, net.transportOf(process), has);
      const leaving = new AbortController();
      void person.live(leaving.signal);
      void person.follow(this.#ending.signal);
      if (plan.sockets && index === 0) person.watch(this.#ending.signal);
      return leaving;
    });
  }

  #inviteOperator(): AbortController[] {
    const { plan, random, testimony, net } = this.#parts;
    const { operator_ms: pause_ms } = plan.rare;
    if (pause_ms === null) return [];
    const process = this.#parts.makeProcess('operator', plan.clock);
    const see = (deed: string): void => this.#parts.see(deed);
    const operator = new SimOperator(process, net.transportOf(process), { random: random.derive('operator'), testimony, pause_ms, see });
    const leaving = new AbortController();
    void operator.live(leaving.signal);
    return [leaving];
  }

  #inviteArchivist(): AbortController[] {
    const { archivist_ms } = this.#parts.plan.rare;
    if (archivist_ms === null) return [];
    const leaving = new AbortController();
    void new SimArchivist(this.#parts).live(archivist_ms, leaving.signal);
    return [leaving];
  }

  #checkLater(): void {
    void this.#parts.time.after(CHECK_EVERY_MS, () => {
      this.#checkNow();
      this.#checkLater();
    });
  }

  #checkNow(): void {
    this.#look((state) => {
      for (const broken of brokenInvariants(state, this.#everEnded())) this.#parts.violate(broken);
    });
    if (this.#parts.random.chance(0.1)) this.#checkFold();
  }

  /** The state is what the log folds into. */
  #checkFold(): void {
    const { process, server } = this.#keeper;
    const { storage } = this.#parts;
    if (server === null) return;
    server.engine
      .read((state) => ({ seq: state.seq, snapshot: JSON.stringify(snapshotOf(state)) }))
      .then(
        ({ seq, snapshot }) => {
          if (process?.alive !== true) return;
          const folded = JSON.stringify(snapshotOf(foldOf(eventsOf(storage.whole(), seq))));
          if (folded !== snapshot) this.#parts.violate(`at event ${seq} the state is not what the log folds into`);
        },
        () => undefined,
      );
  }

  /** Looks at the state as it is now, if a server serves. */
  #look(at: (state: SwarmState) => void): void {
    const { process, server } = this.#keeper;
    if (process?.alive === true && server !== null) server.engine.read(at).catch(() => undefined);
  }

  #everEnded(): ReadonlySet<string> {
    const ended = new Set<string>();
    for (const { type, data } of this.#keeper.published) {
      if (type === 'task_completed' || type === 'task_failed' || type === 'task_cancelled') ended.add(data.task_id);
    }
    return ended;
  }

  #isDone(): boolean {
    const { present } = this.#crew;
    if (present.some(({ outboxes }) => outboxes.waiting > 0) || this.#parts.net.deceived.length > 0) return false;
    let isDone = false;
    this.#look((state) => {
      isDone = unfinished(state).length === 0 && state.session_counts.idle === present.length;
    });
    return isDone;
  }

  /** With no faults everything that can end ends. */
  async #judgeCalm(): Promise<void> {
    if (this.#parts.violations.length > 0 || this.#isDone()) return;
    for (const end of new Set(this.#parts.net.deceived))
      this.#parts.violate(`after ${CALM_MS / 60_000} calm minutes a ${end} holds on to a connection that is gone without a word`);
    let found = 'the server does not serve';
    this.#look((state) => {
      const waiting = unfinished(state);
      const idle = `${state.session_counts.idle} of ${this.#crew.present.length} sessions are idle`;
      found = `${waiting.length} tasks wait (${waiting.slice(0, 3).join(', ')}), ${idle}`;
    });
    this.#parts.violate(`after ${CALM_MS / 60_000} calm minutes ${found}`);
  }

  async #judge(): Promise<Verdict> {
    const { plan, storage, testimony, time, faults, violations } = this.#parts;
    const { links, events } = this.#readLog();
    const found = [
      ...chainFaults(storage.id, links),
      ...courseFaults(events),
      ...earlyStarts(testimony, events),
      ...brokenPromises(testimony, events),
    ];
    for await (const fault of copyFaults(testimony, storage.id, events)) found.push(fault);
    for (const fault of found) this.#parts.violate(fault);
    for (const [index, published] of this.#keeper.published.entries()) {
      if (JSON.stringify(events[index]) !== JSON.stringify(published)) {
        this.#parts.violate(`event ${index + 1} was published and is not in the log`);
      }
    }
    return {
      seed: plan.seed,
      violations,
      events: events.length,
      steps: time.events,
      tasks: testimony.added.size,
      completed: events.filter(({ type }) => type === 'task_completed').length,
      trace: hash('sha256', JSON.stringify([links.at(-1)?.hash, time.events, [...faults]])).slice(0, 16),
      faults,
    };
  }

  #readLog(): { readonly links: readonly Link[]; readonly events: readonly LogEvent[] } {
    try {
      const links = this.#parts.storage.whole();
      return { links, events: eventsOf(links) };
    } catch (error) {
      this.#parts.violate(`the log cannot be read: ${reasonOf(error)}`);
      return { links: [], events: [] };
    }
  }
}

/** Tasks that could still end by themselves. */
function unfinished(state: SwarmState): string[] {
  const waiting: string[] = [];
  for (const task of state.tasks.values()) {
    const isLeased = task.status === 'assigned' || task.status === 'in_progress';
    if (isLeased || isReady(task) || task.due_at > 0) waiting.push(`${task.id} ${task.status}`);
  }
  return waiting;
}
