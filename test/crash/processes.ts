/**
 * Real processes under attack: a server and workers, started as a user starts them, killed and stopped by signal.
 * Invariant: every process of a run is ended with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** Clock ticks of a second in /proc (`getconf CLK_TCK`), on every Linux that Node runs on. */
const TICKS = 100;
const CLOCK_BYTES = 8;
const ENDS_WITHIN_MS = 600_000;

/** Where a program runs. */
interface VictimPlace {
  readonly folder: string;
  readonly say: (line: string) => void;
  /** What lets its clock be set; null: nothing does. */
  readonly clockShim: string | null;
}

/** A program that is started again and again. */
export class Victim {
  readonly name: string;
  readonly #args: readonly string[];
  readonly #folder: string;
  readonly #say: (line: string) => void;
  readonly #clock: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;
  /** The last thing it said on stderr: for whoever has to find out why it does not start. */
  lastWords = '';
  /** How often it was started. */
  starts = 0;
  #talks = false;

  constructor(name: string, args: readonly string[], { folder, say, clockShim }: VictimPlace) {
    this.name = name;
    this.#args = args;
    this.#folder = folder;
    this.#say = say;
    this.#clock = clockShim === null ? {} : { LD_PRELOAD: clockShim, CLOCK_SHIM: join(folder, `${name}.clock`) };
    if (clockShim !== null) writeFileSync(join(folder, `${name}.clock`), Buffer.alloc(CLOCK_BYTES));
  }

  /** Starts it, unless it runs. */
  start(): void {
    if (this.#child !== null) return;
    // Started hundreds of times: what Node compiled is kept between the starts.
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.#folder,
      NODE_COMPILE_CACHE: join(tmpdir(), 'tutti-crash-compiled'),
      ...this.#clock,
    };
    const child = spawn(process.execPath, [MAIN, ...this.#args], { cwd: this.#folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#talks = false;
    this.starts += 1;
    child.stdout?.on('data', () => {
      if (this.#child === child) this.#talks = true;
    });
    child.stderr?.on('data', (text: Buffer) => (this.lastWords = `${this.lastWords}${text.toString()}`.slice(-2000)));
    child.once('exit', (code, signal) => {
      this.#say(`${this.name} ended (${signal ?? code})`);
      if (this.#child === child) this.#child = null;
    });
    this.#child = child;
  }

  get running(): boolean {
    return this.#child !== null;
  }

  /** True once it has said on stdout that it has begun. */
  get talks(): boolean {
    return this.running && this.#talks;
  }

  /** What the system says of it: its state (R runs, S waits, T is stopped, …) and how much of the processors it has had. */
  get standing(): { readonly state: string; readonly cpu_seconds: number } {
    try {
      const stat = readFileSync(`/proc/${this.#child?.pid}/stat`, 'utf8');
      const [state = '?', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return { state, cpu_seconds: (Number(fields[10]) + Number(fields[11])) / TICKS };
    } catch {
      return { state: 'gone', cpu_seconds: 0 };
    }
  }

  /** Its machine's clock is wrong by so many ms from now on, in every start. Only with a shim. */
  setClock(ms: number): void {
    const bytes = Buffer.alloc(CLOCK_BYTES);
    bytes.writeBigInt64LE(BigInt(Math.round(ms)));
    // In place: it is mapped into the memory of who runs.
    const file = openSync(join(this.#folder, `${this.name}.clock`), 'r+');
    writeSync(file, bytes);
    closeSync(file);
  }

  /** Sends a signal; nothing happens when it does not run. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends it with this signal and waits until it has ended. Rejects when it does not end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const ended = once(child, 'exit', { signal: AbortSignal.timeout(ENDS_WITHIN_MS) });
    child.kill(signal);
    if (signal === 'SIGKILL') child.kill('SIGCONT');
    await ended.catch(() => {
      throw new Error(`${this.name} does not end after ${signal}: ${JSON.stringify(this.standing)}, ${this.lastWords}`);
    });
  }
}
