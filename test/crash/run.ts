/**
 * `npm run crash -- --cycles N [--seed S] [--seconds N] [--clocks]`: a real server and real workers under load; in each cycle one of
 * them is killed (kill -9), stopped for a while (SIGSTOP) or ended gracefully. Afterwards the log is held against everything
 * that was acknowledged: nothing lost, each task completed once under a valid lease, what clients saw of the knowledge
 * linearizable. With `--clocks` some blows set the clock of one by up to half a day instead.
 * After `--seconds` no further cycle begins; what was done until then is judged and counted.
 * Exits with 1 and says what is broken; the folder of the run is then kept.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient } from '../../src/client/http-client.ts';
import type { TuttiClient } from '../../src/client/client.ts';
import { Failure, reasonOf } from '../../src/contract/failure.ts';
import { brokenPromises, courseFaults } from '../simulation/log-checks.ts';
import { readFlags, wholeNumber } from '../support/read-flags.ts';
import { readLog } from '../support/read-log.ts';
import { SeededRandom } from '../simulation/seeded-random.ts';
import { Testimony } from '../simulation/testimony.ts';
import { buildShim } from '../faults/faulty-server.ts';
import { isLinearizable, type RegisterOperation } from './linearizable.ts';
import { Victim } from './processes.ts';

const values = readFlags('npm run crash -- --cycles N [--seed S] [--seconds N] [--port N] [--clocks] [--verbose]', {
  cycles: { type: 'string', default: '20' },
  seed: { type: 'string', default: '1' },
  seconds: { type: 'string', default: 'Infinity' },
  port: { type: 'string', default: '18600' },
  clocks: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
});
const port = wholeNumber('port', values.port, { most: 65_535 });
const cycles = wholeNumber('cycles', values.cycles);
const seconds = values.seconds === 'Infinity' ? Infinity : wholeNumber('seconds', values.seconds);

const WORKERS = 3;
const TOPICS = ['api', 'style', 'deploy'];
/** Impatient, so that every rule about silence is at work; and no task fails because those who hold it are killed again and again. */
const SETTINGS = { heartbeat_interval: 1, offline_after: 8, health_interval: 2, stall_after: 30, max_lost_attempts: 1000 };
const ALL_DONE_WITHIN_MS = 600_000;
/** A start takes 0.7 s of a processor. On a machine that has none to give it may take minutes: what it used counts. */
const SERVED_WITHIN_CPU_SECONDS = 30;
const SERVED_WITHIN_MS = 900_000;
/** A blow falls after this many answers, so that it meets a server at work however slow the machine is. */
const ANSWERS_BEFORE_BLOW = 40;
const LONGEST_JUMP_MS = 43_200_000;
const BACKLOG = 60;
const PROGRESS_MS = 10_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const quietly = (line: string): void => (values.verbose ? say(line) : undefined);

class CrashRun {
  readonly #random = new SeededRandom(`crash ${values.seed}`);
  readonly #folder = mkdtempSync(join(tmpdir(), 'tutti-crash-'));
  readonly #testimony = new Testimony();
  readonly #histories = new Map<string, RegisterOperation[]>(TOPICS.map((topic) => [topic, []]));
  readonly #server: Victim;
  readonly #workers: readonly Victim[];
  readonly #ending = new AbortController();
  readonly #counts = { killed: 0, stopped: 0, restarted: 0, set: 0, calls: 0, unanswered: 0 };
  readonly #begun = performance.now();
  #added = 0;
  #completed = 0;
  #cycles = 0;
  #told = 0;
  #answers = 0;
  #servedSince = 0;
  #servedMs = 0;
  #slowestStartMs = 0;
  #struck: Victim | null = null;
  #client: TuttiClient | null = null;

  constructor() {
    const clockShim = values.clocks ? buildShim(this.#folder, 'clock-shim') : null;
    if (values.clocks && clockShim === null) throw new Error('a clock can only be set with a C compiler');
    const around = { folder: this.#folder, say: quietly, clockShim };
    this.#server = new Victim('server', ['up', '--port', String(port), '--log-level', 'warn'], around);
    this.#workers = Array.from({ length: WORKERS }, (_, index) => {
      const name = `worker-${index + 1}`;
      return new Victim(name, ['worker', '--name', name, '--slots', '2', '--capabilities', 'code'], around);
    });
  }

  async run(cycles: number, seconds: number): Promise<readonly string[]> {
    try {
      this.#server.start();
      await this.#untilServed();
      this.#tell(`the server serves on port ${port}`);
      await this.#call((client) => client.call('config.apply', { settings: SETTINGS }));
      const keeping = this.#keep();
      const load = [
        this.#addTasks(),
        ...TOPICS.flatMap((topic) => [this.#write(topic), this.#write(topic), this.#read(topic)]),
        this.#follow(),
      ];
      while (this.#cycles < cycles && performance.now() - this.#begun < seconds * 1000) {
        await this.#strike();
        this.#cycles += 1;
        if (performance.now() - this.#told > PROGRESS_MS || this.#cycles === cycles)
          this.#tell(`${this.#cycles} of ${cycles} cycles, ${this.#testimony.added.size} tasks acknowledged`);
      }
      await this.#calm();
      this.#ending.abort();
      await Promise.all([...load, keeping]);
      await this.#down('SIGKILL');
      this.#tell('the log is judged');
      return await this.#judge();
    } finally {
      this.#ending.abort();
      for (const victim of [this.#server, ...this.#workers]) await victim.end('SIGKILL');
    }
  }

  /** Cycles that were done. */
  get cycles(): number {
    return this.#cycles;
  }

  /** What was done, in one line. */
  get summary(): string {
    const { killed, stopped, restarted, set, calls, unanswered } = this.#counts;
    const ms = performance.now() - this.#begun;
    const served = Math.round((100 * this.#servedMs) / ms);
    return `seed ${values.seed}, ${Math.round(ms / 1000)} s, served ${served} % of it, slowest start ${(this.#slowestStartMs / 1000).toFixed(1)} s; ${killed} killed, ${stopped} stopped, ${restarted} restarted${values.clocks ? `, ${set} clocks set` : ''}; ${this.#testimony.added.size} tasks, ${calls} calls, ${unanswered} without an answer, ${this.#testimony.shown.size} events`;
  }

  get folder(): string {
    return this.#folder;
  }

  #tell(line: string): void {
    this.#told = performance.now();
    say(`${String(Math.round((this.#told - this.#begun) / 1000)).padStart(5)} s  ${line}`);
  }

  /** A worker that finds no server says so and ends; its keeper starts it again when there is one. */
  async #keep(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      if (this.#servedSince > 0) for (const worker of this.#workers) if (worker !== this.#struck) worker.start();
      await sleep(200);
    }
  }

  /** A worker is struck when it has begun; the server when it has answered for a while. */
  async #strike(): Promise<void> {
    const random = this.#random;
    await this.#answered(random.whole(1, ANSWERS_BEFORE_BLOW));
    const begun = this.#workers.filter((worker) => worker.talks);
    const victim = random.chance(0.5) || begun.length === 0 ? this.#server : random.pick(begun);
    const dice = random.next();
    if (values.clocks && random.chance(0.4)) {
      this.#counts.set += 1;
      victim.setClock(random.between(-1, 1) * LONGEST_JUMP_MS * random.next() ** 2);
      return;
    }
    this.#struck = victim;
    if (dice < 0.6) {
      this.#counts.killed += 1;
      await this.#end(victim, 'SIGKILL');
    } else if (dice < 0.9) {
      this.#counts.stopped += 1;
      victim.signal('SIGSTOP');
      await sleep(random.between(50, random.chance(0.2) ? 10_000 : 800));
      victim.signal('SIGCONT');
    } else {
      this.#counts.restarted += 1;
      await this.#end(victim, 'SIGTERM');
    }
    await sleep(random.between(0, 100));
    victim.start();
    this.#struck = null;
    if (victim === this.#server) await this.#untilServed();
  }

  #end(victim: Victim, signal: NodeJS.Signals): Promise<void> {
    return victim === this.#server ? this.#down(signal) : victim.end(signal);
  }

  /** Ends the server. What is under way meets its end; nothing new begins until it serves again. */
  async #down(signal: NodeJS.Signals): Promise<void> {
    if (this.#servedSince > 0) this.#servedMs += performance.now() - this.#servedSince;
    this.#servedSince = 0;
    await this.#server.end(signal);
  }

  async #answered(count: number): Promise<void> {
    const until = this.#answers + count;
    const deadline = performance.now() + SERVED_WITHIN_MS;
    while (this.#answers < until) {
      if (!this.#server.running || performance.now() > deadline) throw new Error(`the server answers nobody: ${this.#whyNot('')}`);
      await sleep(5);
    }
  }

  /** Until everything that was added has ended. */
  async #calm(): Promise<void> {
    for (const victim of [this.#server, ...this.#workers]) victim.start();
    await this.#untilServed();
    this.#added = Infinity;
    const deadline = performance.now() + ALL_DONE_WITHIN_MS;
    this.#tell('no more blows: everything that was added must end');
    for (;;) {
      const status = await this.#call((client) => client.call('swarm.status', {}));
      if (status !== null && status.tasks.pending + status.tasks.assigned + status.tasks.in_progress === 0) return;
      if (performance.now() > deadline) throw new Error(`work is left: ${JSON.stringify(status?.tasks)}`);
      await sleep(200);
    }
  }

  async #addTasks(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      await sleep(this.#random.between(50, 250));
      // What the workers do not get done would only make the end long.
      if (this.#added === Infinity || this.#added > this.#completed + BACKLOG) continue;
      this.#added += 1;
      const id = `task-${this.#added}`;
      const run = `sleep ${(this.#random.next() * 0.4).toFixed(2)}`;
      const added = await this.#call((client) =>
        client.call('work.add', { id, type: 'build', title: id, spec: { run }, max_attempts: 50, backoff_seconds: 0 }),
      );
      if (added !== null) this.#testimony.added.add(id);
    }
  }

  async #write(topic: string): Promise<void> {
    let expected = 0;
    while (!this.#ending.signal.aborted) {
      await this.#pause();
      const value = this.#random.id();
      const called = performance.now();
      const ask = { kind: 'write', expected, value } as const;
      const told = (answer: RegisterOperation['answer']): void =>
        void this.#histories.get(topic)?.push({ called, answered: answer === null ? null : performance.now(), ask, answer });
      try {
        const written = await this.#once((client) => client.call('knowledge.put', { topic, content: value, expected_version: expected }));
        told({ kind: 'written', version: written.version });
        this.#testimony.wrote(topic, written.version);
        expected = written.version;
      } catch (error) {
        const isRefusal = error instanceof Failure && error.code === 'knowledge_conflict';
        told(isRefusal ? { kind: 'refused' } : null);
        if (isRefusal) expected = Number(error.params['current'] ?? expected);
      }
    }
  }

  async #read(topic: string): Promise<void> {
    while (!this.#ending.signal.aborted) {
      await this.#pause();
      const called = performance.now();
      try {
        const { knowledge } = await this.#once((client) => client.call('knowledge.get', { topic }));
        const answer = {
          kind: 'read',
          version: knowledge.version,
          value: typeof knowledge.content === 'string' ? knowledge.content : null,
        } as const;
        this.#histories.get(topic)?.push({ called, answered: performance.now(), ask: { kind: 'read' }, answer });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
    }
  }

  async #follow(): Promise<void> {
    let since = 0;
    for (;;) {
      const from = since;
      const page = await this.#call((client) => client.call('event.list', { since: from, limit: 500 }));
      if (page !== null) {
        this.#testimony.show(from, page.events);
        for (const { type } of page.events) if (type === 'task_completed') this.#completed += 1;
        since = page.events.at(-1)?.seq ?? from;
      }
      if (this.#ending.signal.aborted && page !== null && since >= page.head) return;
      await sleep(100);
    }
  }

  /** The log itself, read after the server was killed. */
  async #judge(): Promise<readonly string[]> {
    const { events, damage } = await readLog(join(this.#folder, '.tutti'));
    const found = [...courseFaults(events), ...brokenPromises(this.#testimony, events)];
    if (damage !== null) found.push(`the log is damaged: ${damage}`);
    const completed = new Set(events.flatMap(({ type, data }) => (type === 'task_completed' ? [data.task_id] : [])));
    for (const id of this.#testimony.added) if (!completed.has(id)) found.push(`${id} was acknowledged and not completed`);
    for (const [topic, history] of this.#histories) if (!isLinearizable(history)) found.push(`what clients saw of ${topic} cannot be`);
    return found;
  }

  /** Calls until there is an answer; null when there is none, or the run ends. */
  async #call<T>(run: (client: TuttiClient) => Promise<T>): Promise<T | null> {
    for (let tries = 0; tries < 100; tries += 1) {
      try {
        return await this.#once(run);
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable) throw error;
        await this.#pause();
      }
    }
    return null;
  }

  /** A moment, and until the server serves: a call that meets none shows nothing. */
  async #pause(): Promise<void> {
    await sleep(this.#random.between(5, 60));
    while (this.#servedSince === 0 && !this.#ending.signal.aborted) await sleep(10);
  }

  async #once<T>(run: (client: TuttiClient) => Promise<T>): Promise<T> {
    this.#counts.calls += 1;
    try {
      const answer = await run(this.#connect());
      this.#answers += 1;
      return answer;
    } catch (error) {
      if (error instanceof Failure && error.retryable) this.#counts.unanswered += 1;
      throw error;
    }
  }

  #connect(): TuttiClient {
    const token = readFileSync(join(this.#folder, '.tutti', 'token'), 'utf8').trim();
    this.#client ??= createHttpClient({ url: `http://127.0.0.1:${port}`, token, retry: { attempts: 1 } });
    return this.#client;
  }

  async #untilServed(): Promise<void> {
    const begun = performance.now();
    for (;;) {
      if (!this.#server.running) this.#server.start();
      try {
        await this.#connect().call('swarm.status', {}, { timeoutMs: 60_000 });
        if (this.#servedSince === 0) this.#servedSince = performance.now();
        this.#slowestStartMs = Math.max(this.#slowestStartMs, performance.now() - begun);
        return;
      } catch (error) {
        const isOver = performance.now() - begun > SERVED_WITHIN_MS;
        if (isOver || this.#server.standing.cpu_seconds > SERVED_WITHIN_CPU_SECONDS)
          throw new Error(`the server does not serve: ${this.#whyNot(reasonOf(error))}`, { cause: error });
        await sleep(25);
      }
    }
  }

  #whyNot(reason: string): string {
    const { standing, starts, lastWords } = this.#server;
    const lockFile = join(this.#folder, '.tutti', 'lock.json');
    const lock = existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : 'free';
    return `${reason}; process ${JSON.stringify(standing)} after ${starts} starts, load ${loadavg()[0]?.toFixed(1)}, lock ${lock}; it said: ${lastWords}`;
  }
}

const run = new CrashRun();
try {
  const broken = await run.run(cycles, seconds);
  for (const line of broken.slice(0, 20)) say(`BROKEN ${line}`);
  say(`${run.cycles} cycles, ${broken.length} violations (${run.summary})`);
  if (broken.length === 0) rmSync(run.folder, { recursive: true, force: true, maxRetries: 20 });
  else process.exitCode = 1;
} catch (error) {
  say(`BROKEN ${reasonOf(error)}`);
  process.exitCode = 1;
}
if (process.exitCode === 1) say(`The folder of the run is kept: ${run.folder}`);
