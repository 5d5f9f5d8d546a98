/**
 * Runs the real command line in a project of its own: a temporary folder, an environment without a trace of this machine's.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient } from '../../src/client/http-client.ts';
import type { TuttiClient } from '../../src/client/client.ts';
import { runInProcess } from './in-process.ts';
import type { Ran } from './ran.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
/** Nobody lives in the sessions of these tests: on a busy machine a test takes longer than a session may be silent. */
const NOBODY_IS_MISSED = {
  TUTTI_SETTINGS_OFFLINE_AFTER: '3600',
  TUTTI_SETTINGS_STALL_AFTER: '3600',
  TUTTI_SETTINGS_TASK_CLAIM_TIMEOUT: '3600',
};

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<Ran>;
  /** Resolves once stdout or stderr holds this. Rejects when the command ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
}

/** What the announcement of a server says. */
export interface Announced {
  readonly url: string;
  readonly pid: number;
  readonly instance: string;
  readonly data: string;
  readonly token_file: string | null;
}

/** A project with its data folder. */
export class Project {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-cli-')));
  readonly #running = new Set<Running>();

  /** The data folder. */
  get data(): string {
    return join(this.folder, '.tutti');
  }

  /** Runs `tutti` with these arguments to its end. */
  run(args: readonly string[], { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {}): Promise<Ran> {
    const running = this.start(args, env);
    running.child.stdin?.end(input);
    return running.ended;
  }

  /** Like `run`, for what must succeed. Throws Error when it does not. */
  async succeed(args: readonly string[], input = ''): Promise<Ran> {
    const ran = await this.run(args, { input });
    if (ran.code !== 0) throw new Error(`tutti ${args.join(' ')} ended with ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
    return ran;
  }

  /** Like `run`, in this process: for calls that launch nothing and speak to nobody. */
  runHere(args: readonly string[]): Promise<Ran> {
    return runInProcess(args, this.folder, this.#environment());
  }

  /** Starts `tutti` with these arguments. */
  start(args: readonly string[], env: Record<string, string> = {}): Running {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: this.folder, env: { ...this.#environment(), ...env }, stdio: 'pipe' });
    const running = follow(child);
    this.#running.add(running);
    void running.ended.then(() => this.#running.delete(running));
    return running;
  }

  /** Starts a server on any free port, and resolves once it is ready. */
  async up(...args: readonly string[]): Promise<{ running: Running; server: Announced }> {
    const running = this.start(['up', '--port', '0', '--json', ...args]);
    const [line] = await running.until(/^\{.*\}$/m);
    return { running, server: JSON.parse(line) as Announced };
  }

  /** A client of the server that runs here, with the admin's token. */
  client({ url, token_file }: Announced, swarm?: string): TuttiClient {
    const token = token_file === null ? null : readFileSync(token_file, 'utf8').trim();
    return createHttpClient({ url, token, retry: { attempts: 1 }, ...(swarm === undefined ? {} : { swarm }) });
  }

  /** Ends what still runs. */
  async end(): Promise<void> {
    for (const { child, ended } of this.#running) {
      child.kill('SIGKILL');
      await ended;
    }
  }

  /** Ends what still runs, and removes everything. */
  async remove(): Promise<void> {
    await this.end();
    // What these had started may still be writing, for as long as it takes to die.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20 });
  }

  #environment(): Record<string, string> {
    const kept = ['PATH', 'TUTTI_TEST_FILE', 'NODE_COMPILE_CACHE'].flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    );
    return {
      ...(Object.fromEntries(kept) as Record<string, string>),
      ...NOBODY_IS_MISSED,
      HOME: this.folder,
      XDG_CONFIG_HOME: join(this.folder, 'xdg'),
      TZ: 'UTC',
    };
  }
}

function follow(child: ChildProcess): Running {
  let stdout = '';
  let stderr = '';
  let code: number | null | undefined;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    wake();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    wake();
  });
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<Ran>((resolve) => {
    child.on('close', (exit) => {
      code = exit;
      resolve({ code: exit, stdout, stderr });
      wake();
    });
  });
  const until = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(stdout) ?? pattern.exec(stderr);
        if (found === null && code === undefined) return;
        waiting.delete(look);
        if (found === null) reject(new Error(`ended with ${code} before ${pattern.source}\n${stdout}\n${stderr}`));
        else resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { child, pid: child.pid ?? 0, ended, until };
}

/** The three lines of a failure, taken apart. Throws Error when it is not told in three lines. */
export function failureOf({ stderr }: Ran): { what: string; why: string; code: string; next: string } {
  const lines = stderr.trimEnd().split('\n');
  const what = /^error: (.+)$/.exec(lines.at(-3) ?? '')?.[1];
  const [, why, code] = /^ {2}why: (.+) \[([a-z_]+)\]$/.exec(lines.at(-2) ?? '') ?? [];
  const next = /^ next: (.+)$/.exec(lines.at(-1) ?? '')?.[1];
  if (what === undefined || why === undefined || code === undefined || next === undefined) throw new Error(`not three lines:\n${stderr}`);
  return { what, why, code, next };
}
