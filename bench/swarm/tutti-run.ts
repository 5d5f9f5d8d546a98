/**
 * The same work by sessions of a running server: each asks, works for as long as the task takes (time is scaled, nothing
 * else is), and reports. Counts what is done twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient } from '../../src/client/http-client.ts';
import type { TuttiClient } from '../../src/client/client.ts';
import type { ServerProcess } from '../engine/server-process.ts';
import type { MixedSession, WorkMix } from './work-mix.ts';

/** What came of it; seconds are those of the work, not of the clock. */
export interface TuttiOutcome {
  readonly makespan_seconds: number;
  readonly utilisation: number;
  readonly completed: number;
  readonly duplicate_executions: number;
  readonly recoveries_seconds: readonly number[];
}

/** How it is done. */
export interface RunOptions {
  /** Seconds of work that pass in a second of the clock. */
  readonly scale: number;
  /** Sessions that fall silent when a third of the tasks is done. */
  readonly killed: number;
}

/** Does all the work. */
export async function tuttiRun(server: ServerProcess, mix: WorkMix, { scale, killed }: RunOptions): Promise<TuttiOutcome> {
  const client = createHttpClient({ url: server.url, token: server.token });
  await addTasks(client, mix);
  const run = new SwarmRun(client, mix, scale);
  const started = performance.now();
  await Promise.all(mix.sessions.map((session, index) => run.live(session, index < killed)));
  const makespan = ((run.lastEnd - started) / 1000) * scale;
  return {
    makespan_seconds: makespan,
    utilisation: run.busySeconds / (mix.sessions.length * makespan),
    completed: run.completed.size,
    duplicate_executions: run.duplicates,
    recoveries_seconds: run.recoveries,
  };
}

async function addTasks(client: TuttiClient, { tasks }: WorkMix): Promise<void> {
  for (let from = 0; from < tasks.length; from += 5000) {
    const some = tasks.slice(from, from + 5000).map(({ id, type, capability, priority, estimate_seconds, dependencies }) => ({
      id,
      type,
      title: id,
      priority,
      required_capability: capability,
      estimated_hours: estimate_seconds / 3600,
      dependencies: dependencies.map((index) => `t${index}`),
      max_attempts: 5,
      backoff_seconds: 0,
    }));
    await client.call('work.add', { tasks: some });
  }
}

class SwarmRun {
  readonly completed = new Set<string>();
  readonly recoveries: number[] = [];
  busySeconds = 0;
  duplicates = 0;
  lastEnd = 0;
  readonly #client: TuttiClient;
  readonly #mix: WorkMix;
  readonly #scale: number;
  readonly #running = new Set<string>();
  readonly #attempts = new Map<string, number>();
  /** Tasks whose session fell silent, and when. */
  readonly #lost = new Map<string, number>();

  constructor(client: TuttiClient, mix: WorkMix, scale: number) {
    this.#client = client;
    this.#mix = mix;
    this.#scale = scale;
  }

  async live({ id, capabilities, speed }: MixedSession, dies: boolean): Promise<void> {
    const total = this.#mix.tasks.length;
    const session = { session_id: id };
    await this.#client.call('session.register', { ...session, capabilities: [...capabilities], wants_work: false });
    while (this.completed.size < total) {
      const { task } = await this.#client.call('work.request', { ...session, wait: 2 }, { timeoutMs: 60_000 });
      if (task === null) continue;
      const work = this.#mix.tasks[Number(task.id.slice(1))];
      if (work === undefined) throw new Error(`nobody added ${task.id}`);
      if (dies && this.completed.size * 3 > total) {
        this.#lost.set(task.id, performance.now());
        return;
      }
      const attempt = this.#begin(task.id);
      const seconds = work.seconds / speed;
      await sleep((seconds * 1000) / this.#scale);
      this.#running.delete(task.id);
      this.busySeconds += seconds;
      const status = attempt <= work.failures ? 'failed' : 'completed';
      await this.#client.call('work.complete', {
        ...session,
        task_id: task.id,
        status,
        ...(task.lease === null ? {} : { lease: task.lease }),
      });
      if (status === 'failed') continue;
      if (this.completed.has(task.id)) this.duplicates += 1;
      this.completed.add(task.id);
      this.lastEnd = performance.now();
    }
  }

  /** Counts the attempt; one that begins while another runs is a duplicate. */
  #begin(id: string): number {
    if (this.#running.has(id) || this.completed.has(id)) this.duplicates += 1;
    this.#running.add(id);
    const lost = this.#lost.get(id);
    if (lost !== undefined) {
      this.recoveries.push((performance.now() - lost) / 1000);
      this.#lost.delete(id);
    }
    const attempt = (this.#attempts.get(id) ?? 0) + 1;
    this.#attempts.set(id, attempt);
    return attempt;
  }
}
