/**
 * Owns the demo's workers: each is the command `tutti worker` in a process of its own. Invariant: when the crew has been
 * dismissed, or this process ends in whatever way it can notice, none of them is left. What a killed worker ran is ended
 * by the worker's own guard.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { DemoClone } from './clone-repository.ts';
import type { DemoOptions } from './demo-options.ts';

/** Who is to be started. */
export interface CrewMember {
  readonly name: string;
  readonly capabilities: readonly string[];
}

/** A command of a task began to run, or has ended. */
export interface CrewNews {
  readonly kind: 'started' | 'finished';
  readonly session_id: string;
  readonly task_id: string;
  readonly lease: number;
}

/** Who is told what becomes of the crew. */
export interface CrewListener {
  readonly onNews: (news: CrewNews) => void;
  /** A worker ended that nobody asked to; `left` counts those that live. */
  readonly onLost: (session_id: string, reason: string, left: number) => void;
}

/** A worker that was started. */
interface CrewWorker {
  readonly name: string;
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  /** It is meant to end. */
  leaving: boolean;
}

/** Longer than a worker takes to say goodbye to a slow server. */
const FAREWELL_MS = 60_000;
const LONGEST_LAST_WORDS = 4000;
const workerNews = z.object({ kind: z.string(), task_id: z.string().optional(), lease: z.number().optional() });

/** The workers of the demo. */
export class Crew {
  readonly #options: DemoOptions;
  readonly #clone: DemoClone;
  readonly #listener: CrewListener;
  readonly #workers: CrewWorker[] = [];
  readonly #atExit = (): void => this.#killAll();

  constructor(options: DemoOptions, clone: DemoClone, listener: CrewListener) {
    this.#options = options;
    this.#clone = clone;
    this.#listener = listener;
    process.once('exit', this.#atExit);
  }

  /** Starts a worker; returns its process id. It is no part of the terminal's group: Ctrl-C reaches it only through us. */
  start({ name, capabilities }: CrewMember): number {
    const { program, url, swarm, token, environment } = this.#options;
    const [file, ...words] = program;
    const flags = ['--server', url, '--swarm', swarm, '--data', this.#clone.data, '--name', name, '--json', '--no-input'];
    const child = spawn(file, [...words, 'worker', '--capabilities', capabilities.join(','), '--slots', '1', ...flags], {
      cwd: this.#clone.home,
      env: { ...withoutTutti(environment), ...(token === null ? {} : { TUTTI_TOKEN: token }) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-LONGEST_LAST_WORDS);
    });
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(name, line));
    const ended = new Promise<void>((resolve) => {
      child.once('close', () => resolve());
      child.once('error', (error) => {
        said = error.message;
        resolve();
      });
    });
    const worker: CrewWorker = { name, child, ended, leaving: false };
    this.#workers.push(worker);
    void ended.then(() => {
      const reason = said.split('\n').findLast((line) => /error|✕|:/i.test(line)) ?? `exit code ${child.exitCode}`;
      if (!worker.leaving) this.#listener.onLost(name, reason.trim(), this.#alive().length);
    });
    return child.pid ?? 0;
  }

  /** Kills a worker with SIGKILL. Resolves when its process is gone. */
  async kill(name: string): Promise<void> {
    const worker = this.#workers.find((each) => each.name === name);
    if (worker === undefined) return;
    worker.leaving = true;
    worker.child.kill('SIGKILL');
    await worker.ended;
  }

  /** Asks all to leave, and kills those that do not in time. Resolves when all are gone. */
  async dismiss(): Promise<void> {
    for (const worker of this.#workers) worker.leaving = true;
    for (const { child } of this.#alive()) child.kill('SIGTERM');
    const limit = setTimeout(() => this.#killAll(), FAREWELL_MS);
    await Promise.all(this.#workers.map(({ ended }) => ended));
    clearTimeout(limit);
    process.off('exit', this.#atExit);
  }

  #alive(): CrewWorker[] {
    return this.#workers.filter(({ child }) => child.pid !== undefined && child.exitCode === null && child.signalCode === null);
  }

  #killAll(): void {
    for (const { child } of this.#alive()) child.kill('SIGKILL');
  }

  #hear(session_id: string, line: string): void {
    const news = workerNews.safeParse(parseJson(line));
    const { kind, task_id, lease } = news.success ? news.data : { kind: '' };
    if ((kind === 'started' || kind === 'finished') && task_id !== undefined && lease !== undefined) {
      this.#listener.onNews({ kind, session_id, task_id, lease });
    }
  }
}

/** What this process was told by its own variables is not meant for its workers. */
function withoutTutti(environment: DemoOptions['environment']): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('TUTTI_')));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
