/**
 * One simulated world: a server on a disk, workers, people, and what goes wrong between them, from a seed to a verdict.
 *
 *     chaos (blows and faults, people at work) ─▶ calm (no faults, everything up) ─▶ everything that can end has ended
 *
 * Invariants are checked while it runs; the log is held against what everybody was told when it ends.
 */
import { hash } from 'node:crypto';
import type { LogEvent } from '../../src/contract/event.ts';
import { reasonOf } from '../../src/contract/failure.ts';
import type { SwarmState } from '../../src/domain/state.ts';
import { isReady } from '../../src/domain/task/state.ts';
import type { Link } from '../../src/journal/chain.ts';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { Ledger } from './ledger.ts';
import { brokenPromises, chainFaults, courseFaults, earlyStarts, eventsOf, foldOf } from './log-checks.ts';
import type { Mutant } from './mutants.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimDisk } from './sim-disk.ts';
import { readLinks, SimStorage } from './sim-journal.ts';
import { SimNet } from './sim-net.ts';
import { type Plan, SimPerson } from './sim-person.ts';
import { SimProcess } from './sim-process.ts';
import { type SimServer, startSimServer } from './sim-server.ts';
import { SimOutboxes, startSimWorker } from './sim-worker.ts';
import { VirtualTime } from './virtual-time.ts';
import { type Blow, CALM, type PlannedWorker, planWorld, type WorldPlan } from './world-plan.ts';

/** How a world ended. */
export interface Verdict {
  readonly seed: string;
  readonly violations: readonly string[];
  /** Events of the log, and of the world. */
  readonly events: number;
  readonly steps: number;
  /** Tasks that were acknowledged, and those that ended. */
  readonly tasks: number;
  readonly ended: number;
  /** The same for the same seed, whatever happened in it. */
  readonly trace: string;
  /** Every fault that happened, with how often. */
  readonly faults: ReadonlyMap<string, number>;
}

/** What a run may be given. */
export interface WorldOptions {
  /** A rule that is taken out: some seed must notice. */
  readonly mutant?: Mutant;
  /** Told what happens. */
  readonly trace?: (line: string) => void;
}

const RESTART_MS = 500;
const KEEPER_WAITS_MS = 10_000;
const CHECK_EVERY_MS = 5000;
const CALM_MS = 1_200_000;

interface Upkeep {
  process: SimProcess | null;
  server: SimServer | null;
}

interface Employed {
  readonly planned: PlannedWorker;
  outboxes: SimOutboxes;
  process: SimProcess | null;
  gone: boolean;
  stop: () => void;
}

/** Runs the world of a seed to its end. */
export async function runWorld(seed: string, options: WorldOptions = {}): Promise<Verdict> {
  const restore = options.mutant?.apply?.();
  const world = new World(seed, options);
  const onRejection = (reason: unknown): void => world.violate(`nobody handled: ${reasonOf(reason)}`);
  process.on('unhandledRejection', onRejection);
  try {
    return await world.run();
  } finally {
    process.off('unhandledRejection', onRejection);
    restore?.();
  }
}

class World {
  readonly #plan: WorldPlan;
  readonly #options: WorldOptions;
  readonly #random: SeededRandom;
  readonly #time: VirtualTime;
  readonly #disk: SimDisk;
  readonly #storage: SimStorage;
  readonly #net: SimNet;
  readonly #ledger = new Ledger();
  readonly #sharedPlan: Plan = { planned: 0, made: [] };
  readonly #faults = new Map<string, number>();
  readonly #violations: string[] = [];
  readonly #upkeep: Upkeep = { process: null, server: null };
  readonly #workers: Employed[];
  readonly #ending = new AbortController();
  readonly #published: LogEvent[] = [];
  readonly #silent: SimProcess[] = [];
  #chaos = true;
  #started = 0;

  constructor(seed: string, options: WorldOptions) {
    const random = new SeededRandom(seed);
    const see = (fault: string): void => this.#see(fault);
    this.#options = options;
    this.#plan = planWorld(seed, random.derive('plan'));
    this.#random = random.derive('blows');
    this.#time = new VirtualTime(random.derive('time'));
    this.#disk = new SimDisk(random.derive('disk'), see);
    this.#storage = new SimStorage('simulated', this.#disk, options.mutant?.journal ?? {});
    this.#net = new SimNet(this.#time, random.derive('net'), see);
    this.#net.faults = this.#plan.usualNet;
    this.#workers = this.#plan.workers.map((planned) => ({
      planned,
      outboxes: new SimOutboxes(),
      process: null,
      gone: false,
      stop: () => undefined,
    }));
  }

  violate(violation: string): void {
    this.#trace(`VIOLATION ${violation}`);
    this.#violations.push(violation);
  }

  async run(): Promise<Verdict> {
    const { chaos_ms } = this.#plan;
    this.#startServer();
    for (const worker of this.#workers) this.#startWorker(worker);
    const people = this.#invitePeople();
    this.#strikeLater();
    this.#checkLater();
    const isBroken = (): boolean => this.#violations.length > 0;
    await this.#time.runUntil(this.#time.now + chaos_ms, isBroken);
    if (!isBroken()) {
      this.#calmDown();
      for (const controller of people) controller.abort();
      await this.#time.runUntil(this.#time.now + CALM_MS, () => isBroken() || this.#isDone());
      await this.#judgeCalm();
    }
    this.#ending.abort();
    const verdict = this.#judge();
    this.#upkeep.process?.kill();
    for (const { process } of this.#workers) process?.kill();
    return verdict;
  }

  // ── the server and its keeper ──

  #startServer(): void {
    const process = this.#makeProcess('server', this.#plan.clock);
    this.#upkeep.process = process;
    this.#upkeep.server = null;
    this.#trace(`${process.name} starts`);
    const { settings } = this.#plan;
    const onFault = ({ reason, recovered }: { readonly reason: string; readonly recovered: boolean }): void => {
      this.#trace(`${process.name}: ${recovered ? 'works again' : `broke: ${reason}`}`);
      if (!recovered) this.#see('engine: the writer broke');
    };
    const { mutant } = this.#options;
    const clock = mutant?.clock?.(process.clock) ?? process.clock;
    startSimServer({ process, storage: this.#storage, settings: { ...settings, ...mutant?.settings }, clock, onFault }).then(
      (server) => process.enter(() => this.#serve(process, server)),
      (error: unknown) => {
        this.#trace(`${process.name} does not start: ${reasonOf(error)}`);
        if (String(reasonOf(error)).includes('damaged')) this.violate(`the server does not start: ${reasonOf(error)}`);
        process.kill();
        // The keeper ends what stands in the way before it tries again.
        for (const silent of this.#silent.splice(0)) silent.kill();
        void this.#time.after(RESTART_MS, () => this.#startServer());
      },
    );
  }

  #serve(process: SimProcess, server: SimServer): void {
    this.#upkeep.server = server;
    const { engine } = server;
    engine.feed.listen((events) => this.#onPublished(events));
    this.#net.listen(process, (request, peer) => {
      const { mutant } = this.#options;
      return mutant?.answer === undefined ? server.answer(request, peer) : mutant.answer(server.answer, request, peer);
    });
    this.#trace(`${process.name} serves from event ${engine.feed.head}`);
    if (engine.feed.head < this.#published.length)
      this.violate(`the server came back at ${engine.feed.head}, ${this.#published.length} had been published`);
    this.#checkFold();
  }

  #onPublished(events: readonly LogEvent[]): void {
    for (const event of events) {
      // What became durable while its server died was never published by it; the log is compared when the world ends.
      const last = this.#published.length;
      if (event.seq <= last) this.violate(`event ${event.seq} was published twice`);
      for (let seq = last + 1; seq < event.seq; seq += 1) this.#published.push(event);
      this.#published[event.seq - 1] = event;
    }
  }

  #endServer(how: 'kill' | 'power'): void {
    const { process } = this.#upkeep;
    if (process === null || !process.alive) return;
    process.kill();
    this.#upkeep.server = null;
    if (how === 'power') this.#disk.powerCut();
    void this.#time.after(this.#random.exponential(3000), () => this.#startServer());
  }

  /** Half the time at the worst moment: between a write and its sync. */
  #cutPower(): void {
    const now = (): void => this.#endServer('power');
    if (this.#random.chance(0.5)) now();
    else this.#disk.whenDirty(() => void this.#time.after(0, now));
  }

  async #restartServer(): Promise<void> {
    const { process, server } = this.#upkeep;
    if (process === null || server === null) return;
    this.#upkeep.server = null;
    await server.close().catch((error: unknown) => this.violate(`the server does not end: ${reasonOf(error)}`));
    if (!process.alive) return;
    process.kill();
    void this.#time.after(RESTART_MS, () => this.#startServer());
  }

  // ── workers and people ──

  #startWorker(worker: Employed): void {
    const { planned, outboxes } = worker;
    const process = this.#makeProcess(planned.name, planned.clock);
    worker.process = process;
    worker.stop = startSimWorker({
      process,
      session_id: planned.name,
      capabilities: planned.capabilities,
      slots: planned.slots,
      transport: this.#net.transportOf(process),
      outboxes,
      tell: (fact) => {
        if (fact.kind === 'completed') this.#ledger.complete(fact.task_id, fact.lease);
        if (fact.kind === 'started') this.#ledger.run(fact.lease, process.name);
        this.#trace(`${process.name}: ${JSON.stringify(fact)}`);
      },
      onEnd: () => {
        process.kill();
        this.#replaceWorker(worker, process, RESTART_MS);
      },
    });
  }

  /** Whoever ended is started again, unless another of its name lives or it is gone for good. */
  #replaceWorker(worker: Employed, ended: SimProcess | null, ms: number): void {
    void this.#time.after(ms, () => {
      if (worker.process === ended && !worker.gone) this.#startWorker(worker);
    });
  }

  #killWorker(worker: Employed): void {
    worker.process?.kill();
    this.#replaceWorker(worker, worker.process, this.#random.exponential(10_000));
  }

  /** On another machine, with a disk of its own: what the first has not delivered waits on the first one's. */
  #startTwin(worker: Employed): void {
    if (worker.gone) return;
    worker.outboxes = new SimOutboxes();
    this.#startWorker(worker);
  }

  /** One of them stays, so that there is somebody to do the work. */
  #loseWorker(worker: Employed): void {
    if (worker === this.#workers[0]) return;
    worker.gone = true;
    worker.process?.kill();
  }

  #invitePeople(): AbortController[] {
    const { people, habits, clock } = this.#plan;
    return Array.from({ length: people }, (_, index) => {
      const process = this.#makeProcess(`person-${index + 1}`, clock);
      const random = this.#random.derive(process.name);
      const has = { random, ledger: this.#ledger, habits, plan: this.#sharedPlan };
      const person = new SimPerson(process, this.#net.transportOf(process), has);
      const leaving = new AbortController();
      void person.live(leaving.signal);
      void person.follow(this.#ending.signal);
      return leaving;
    });
  }

  #makeProcess(name: string, clock: WorldPlan['clock']): SimProcess {
    this.#started += 1;
    return new SimProcess(name, this.#time, new SeededRandom(`${this.#plan.seed}/${name}/${this.#started}`), clock);
  }

  // ── what goes wrong ──

  #strikeLater(): void {
    const { blows, blow_ms } = this.#plan;
    if (blows.length === 0) return;
    void this.#time.after(this.#random.exponential(blow_ms), () => {
      if (!this.#chaos) return;
      const blow = this.#random.pick(blows);
      this.#see(`blow: ${blow}`);
      this.#strike(blow);
      this.#strikeLater();
    });
  }

  #strike(blow: Blow): void {
    const worker = this.#random.pick(this.#workers);
    const while_ms = this.#random.exponential(15_000);
    const server = this.#upkeep.process;
    this.#trace(`BLOW ${blow} (${worker.planned.name}, ${Math.round(while_ms)} ms)`);
    switch (blow) {
      case 'kill the server':
        return this.#endServer('kill');
      case 'cut the power of the server':
        return this.#cutPower();
      case 'restart the server':
        return void this.#restartServer();
      case 'pause the server':
        return this.#pauseServer(server, while_ms);
      case 'set the clock of the server':
        return server?.jump(this.#jump());
      case 'kill a worker':
        return this.#killWorker(worker);
      case 'restart a worker':
        return worker.stop();
      case 'start a worker twice':
        return this.#startTwin(worker);
      case 'lose a worker':
        return this.#loseWorker(worker);
      case 'pause a worker':
        return this.#pause(worker.process, 2 * while_ms);
      case 'set the clock of a worker':
        return worker.process?.jump(this.#jump());
      case 'partition a worker':
        return this.#partition(worker.planned.name, while_ms);
      case 'partition a person':
        return this.#partition('person-1', while_ms);
      case 'bad disk':
        this.#disk.faults = this.#plan.disk;
        return void this.#time.after(while_ms, () => (this.#disk.faults = CALM.disk));
      case 'bad net':
        this.#net.faults = this.#plan.net;
        return void this.#time.after(while_ms, () => (this.#net.faults = this.#chaos ? this.#plan.usualNet : CALM.net));
    }
  }

  #pause(process: SimProcess | null, ms: number): void {
    process?.pause();
    void this.#time.after(ms, () => process?.resume());
  }

  /** Its keeper takes a server that is silent for long for dead and starts another beside it. */
  #pauseServer(paused: SimProcess | null, ms: number): void {
    this.#pause(paused, ms);
    void this.#time.after(KEEPER_WAITS_MS, () => {
      if (paused?.paused !== true || this.#upkeep.process !== paused) return;
      this.#silent.push(paused);
      this.#startServer();
    });
  }

  #partition(name: string, ms: number): void {
    this.#net.partition(name, this.#random.pick(['there', 'back']));
    void this.#time.after(ms, () => this.#net.heal());
  }

  /** Up to three hours, forth or back. */
  #jump(): number {
    return this.#random.between(-1, 1) * 10_800_000 * this.#random.next() ** 3;
  }

  #calmDown(): void {
    this.#trace('CALM');
    this.#chaos = false;
    this.#disk.faults = CALM.disk;
    this.#net.faults = CALM.net;
    this.#net.heal();
    this.#upkeep.process?.resume();
    for (const { process } of this.#workers) process?.resume();
  }

  // ── what must hold ──

  #checkLater(): void {
    void this.#time.after(CHECK_EVERY_MS, () => {
      this.#checkNow();
      this.#checkLater();
    });
  }

  #checkNow(): void {
    const { process, server } = this.#upkeep;
    if (process?.alive !== true || server === null) return;
    server.engine
      .read((state) => {
        for (const broken of brokenInvariants(state, this.#everEnded())) this.violate(broken);
      })
      .catch(() => undefined);
    if (this.#random.chance(0.1)) this.#checkFold();
  }

  /** The state is what the log folds into. */
  #checkFold(): void {
    const { server, process } = this.#upkeep;
    if (server === null) return;
    server.engine
      .read((state) => ({ seq: state.seq, snapshot: JSON.stringify(snapshotOf(state)) }))
      .then(
        ({ seq, snapshot }) => {
          if (process?.alive !== true) return;
          const folded = JSON.stringify(snapshotOf(foldOf(eventsOf(readLinks(this.#storage), seq))));
          if (folded !== snapshot) this.violate(`at event ${seq} the state is not what the log folds into`);
        },
        () => undefined,
      );
  }

  get #present(): number {
    return this.#workers.filter(({ gone }) => !gone).length;
  }

  #everEnded(): ReadonlySet<string> {
    const ended = new Set<string>();
    for (const { type, data } of this.#published) {
      if (type === 'task_completed' || type === 'task_failed' || type === 'task_cancelled') ended.add(data.task_id);
    }
    return ended;
  }

  #isDone(): boolean {
    const { server } = this.#upkeep;
    if (server === null || this.#workers.some(({ gone, outboxes }) => !gone && outboxes.waiting > 0)) return false;
    let done = false;
    server.engine
      .read((state) => (done = unfinished(state).length === 0 && state.session_counts.idle === this.#present))
      .catch(() => undefined);
    return done;
  }

  /** With no faults everything that can end ends. */
  async #judgeCalm(): Promise<void> {
    if (this.#violations.length > 0 || this.#isDone()) return;
    const { server } = this.#upkeep;
    if (server === null) {
      this.violate('the server did not come back');
      return;
    }
    server.engine
      .read((state) => {
        const waiting = unfinished(state);
        const idle = `${state.session_counts.idle} of ${this.#present} sessions are idle`;
        this.violate(`after ${CALM_MS / 60_000} calm minutes ${waiting.length} tasks wait (${waiting.slice(0, 3).join(', ')}), ${idle}`);
      })
      .catch((error: unknown) => this.violate(`the swarm does not answer: ${reasonOf(error)}`));
    await this.#time.runUntil(this.#time.now + 1000);
  }

  #judge(): Verdict {
    const links = this.#readLog();
    const events = eventsOf(links);
    for (const fault of chainFaults(this.#storage.id, links)) this.violate(fault);
    for (const fault of courseFaults(events)) this.violate(fault);
    for (const fault of earlyStarts(this.#ledger, events)) this.violate(fault);
    for (const fault of brokenPromises(this.#ledger, events)) this.violate(fault);
    for (const [index, published] of this.#published.entries()) {
      const event = events[index];
      if (published.seq !== index + 1) continue;
      if (event === undefined || JSON.stringify(event) !== JSON.stringify(published))
        this.violate(`event ${index + 1} was published and is not in the log`);
    }
    const ended = events.filter(({ type }) => type === 'task_completed').length;
    const trace = hash('sha256', JSON.stringify([links.at(-1)?.hash, this.#time.events, [...this.#faults]])).slice(0, 16);
    return {
      seed: this.#plan.seed,
      violations: this.#violations,
      events: events.length,
      steps: this.#time.events,
      tasks: this.#ledger.added.size,
      ended,
      trace,
      faults: this.#faults,
    };
  }

  #readLog(): Link[] {
    try {
      return readLinks(this.#storage);
    } catch (error) {
      this.violate(`the log cannot be read: ${reasonOf(error)}`);
      return [];
    }
  }

  #see(fault: string): void {
    this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + 1);
  }

  #trace(line: string): void {
    this.#options.trace?.(`${((this.#time.now - 1_800_000_000_000) / 1000).toFixed(3).padStart(9)} ${line}`);
  }
}

/** Tasks that could still end by themselves. */
function unfinished(state: SwarmState): string[] {
  const waiting: string[] = [];
  for (const task of state.tasks.values()) {
    if (task.status === 'assigned' || task.status === 'in_progress' || isReady(task) || task.due_at > 0)
      waiting.push(`${task.id} ${task.status}`);
  }
  return waiting;
}
