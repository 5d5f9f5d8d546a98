/**
 * People and programs that use a simulated swarm over HTTP: they add tasks, cancel, retry, look, write what they know, and
 * follow the events. What they are told goes into the testimony, where it is held against the log.
 */
import { type ClientOptions, createHttpClient } from '../../src/client/http-client.ts';
import { createLiveClient } from '../../src/client/live-client.ts';
import type { TuttiClient } from '../../src/client/client.ts';
import type { Transport } from '../../src/client/transport.ts';
import { Failure } from '../../src/contract/failure.ts';
import type { TaskInput } from '../../src/contract/operations/work-operations.ts';
import { pause } from '../../src/client/pause.ts';
import type { Testimony } from './testimony.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimProcess } from './sim-process.ts';
import { TOKENS } from './sim-server.ts';
import { type PlayedSpec, SERVER_URL } from './sim-worker.ts';

/** How a person behaves. */
export interface Habits {
  /** Tasks that all of them add together, at most. */
  readonly tasks: number;
  readonly capabilities: readonly string[];
  /** Mean time between two things that they do. */
  readonly pause_ms: number;
  readonly run_ms: number;
  /** True: all tasks are of one type, end well, and take about as long as each other. */
  readonly steady: boolean;
  readonly fails: number;
}

/** What people share: how much they have added. */
export interface Plan {
  planned: number;
  /** Batches of tasks under ids of their own. */
  readonly made: TaskInput[][];
}

const TYPES = ['build', 'test', 'review'] as const;
const POLICIES = ['block', 'cascade', 'ignore'] as const;
const TOPICS = ['api', 'style', 'deploy'];

/** A person at work. */
export class SimPerson {
  readonly #access: ClientOptions;
  readonly #client: TuttiClient;
  readonly #process: SimProcess;
  readonly #random: SeededRandom;
  readonly #testimony: Testimony;
  readonly #habits: Habits;
  readonly #plan: Plan;
  #cursor = 0;

  constructor(
    process: SimProcess,
    transport: Transport,
    has: { readonly random: SeededRandom; readonly testimony: Testimony; readonly habits: Habits; readonly plan: Plan },
  ) {
    const { clock, random } = process;
    this.#access = { url: SERVER_URL, token: TOKENS.tokenOf('admin'), transport, clock, random };
    this.#client = createHttpClient(this.#access);
    this.#process = process;
    this.#random = has.random;
    this.#testimony = has.testimony;
    this.#habits = has.habits;
    this.#plan = has.plan;
  }

  /** Does things until the signal aborts. Never rejects. */
  async live(signal: AbortSignal): Promise<void> {
    const { clock } = this.#process;
    while (!signal.aborted) {
      await pause(clock, this.#random.exponential(this.#habits.pause_ms), signal);
      if (signal.aborted) return;
      try {
        await this.#act();
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (error.code === 'internal' || error.code === 'journal_damaged')
          this.#testimony.violations.push(`a caller was told: ${error.message}`);
      }
    }
  }

  /** Follows the events until the signal aborts. Never rejects. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const since = this.#cursor;
        const { events } = await this.#client.call('event.list', { since, limit: 100 });
        this.#testimony.show(since, events);
        this.#cursor = events.at(-1)?.seq ?? since;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
      await pause(this.#process.clock, this.#random.exponential(1500), signal);
    }
  }

  /** Follows the events over a WebSocket, across every connection, until the signal aborts. */
  watch(signal: AbortSignal): void {
    const live = createLiveClient(this.#access);
    const reset = ({ reason }: { readonly reason: string }): void =>
      void this.#testimony.violations.push(`a follower could not go on: ${reason}`);
    let seen = 0;
    live.subscribe({
      topics: ['events'],
      since: 0,
      onReset: reset,
      onEvents: (events) => {
        this.#testimony.show(seen, events);
        seen = events.at(-1)?.seq ?? seen;
      },
    });
    signal.addEventListener('abort', () => live.close());
  }

  #act(): Promise<void> {
    const dice = this.#random.next();
    if (dice < 0.5) return this.#add();
    if (dice < 0.58) return this.#cancel();
    if (dice < 0.66) return this.#retry();
    if (dice < 0.8) return this.#write();
    if (dice < 0.9) return this.#look();
    if (dice < 0.95) return this.#addAgain();
    return this.#repeat();
  }

  async #add(): Promise<void> {
    const { tasks, capabilities, fails } = this.#habits;
    const count = Math.min(this.#random.whole(1, 4), tasks - this.#plan.planned);
    if (count <= 0) return;
    const made = Array.from({ length: count }, (_, index) => {
      const id = `task-${this.#plan.planned + index + 1}`;
      const known = [...this.#testimony.added];
      const dependencies = known.length > 0 && this.#random.chance(0.4) ? [this.#random.pick(known)] : [];
      const spec: PlayedSpec = { run_ms: this.#runMs(), fails: this.#random.chance(fails) };
      return {
        id,
        type: this.#habits.steady ? TYPES[0] : this.#random.pick(TYPES),
        title: `Task ${id}`,
        spec: { ...spec },
        priority: this.#random.whole(1, 10),
        dependencies,
        on_dependency_failure: this.#random.pick(POLICIES),
        max_attempts: this.#random.whole(1, 3),
        backoff_seconds: this.#random.whole(0, 5),
        ...(this.#random.chance(0.5) ? { required_capability: this.#random.pick(capabilities) } : {}),
      };
    });
    this.#plan.planned += count;
    this.#plan.made.push(made);
    for (const { id, dependencies } of made) this.#testimony.dependencies.set(id, dependencies);
    const { task_ids } = await this.#client.call('work.add', { tasks: made });
    for (const id of task_ids) this.#testimony.added.add(id);
  }

  /** The same tasks under the same ids, long after: they are there already, in memory or not. */
  async #addAgain(): Promise<void> {
    if (this.#plan.made.length === 0) return;
    const tasks = this.#random.pick(this.#plan.made);
    const { task_ids } = await this.#client.call('work.add', { tasks: [...tasks] });
    for (const id of task_ids) this.#testimony.added.add(id);
  }

  /** Without an id of its own a task that is added twice shows: each command is to have its effect once. */
  async #repeat(): Promise<void> {
    if (this.#plan.planned >= this.#habits.tasks) return;
    const command_id = this.#random.id();
    this.#plan.planned += 1;
    const type = this.#habits.steady ? TYPES[0] : 'docs';
    const task = { type, title: `Once ${command_id}`, spec: { run_ms: this.#runMs(), fails: false } };
    const first = await this.#client.call('work.add', { ...task, command_id });
    this.#testimony.added.add(first.task_id);
    const again = await this.#client.call('work.add', { ...task, command_id });
    if (again.task_id !== first.task_id) this.#testimony.violations.push(`one command added ${first.task_id} and ${again.task_id}`);
  }

  async #cancel(): Promise<void> {
    const id = this.#known();
    if (id !== null && this.#random.chance(0.3)) await this.#client.call('task.cancel', { task_id: id });
  }

  async #retry(): Promise<void> {
    const id = this.#known();
    if (id !== null) await this.#client.call('task.retry', { task_id: id });
  }

  async #look(): Promise<void> {
    const id = this.#known();
    const known = this.#testimony.added.size;
    const { tasks } = await this.#client.call('swarm.status', {});
    if (tasks.total < known) this.#testimony.violations.push(`${known} tasks were acknowledged, the status counts ${tasks.total}`);
    if (id === null) return;
    try {
      await this.#client.call('task.show', { task_id: id });
    } catch (error) {
      if (error instanceof Failure && error.code === 'task_unknown')
        this.#testimony.violations.push(`${id} was acknowledged and is unknown`);
      throw error;
    }
  }

  async #write(): Promise<void> {
    const topic = this.#random.pick(TOPICS);
    const expected_version = Math.max(0, ...(this.#testimony.versions.get(topic) ?? []));
    const written = await this.#client.call('knowledge.put', { topic, content: this.#random.id(), expected_version });
    if (written.changed) this.#testimony.wrote(topic, written.version);
  }

  #runMs(): number {
    const { run_ms, steady } = this.#habits;
    return steady ? run_ms * this.#random.between(0.9, 1.1) : this.#random.exponential(run_ms);
  }

  #known(): string | null {
    return this.#testimony.added.size === 0 ? null : this.#random.pick([...this.#testimony.added]);
  }
}
