/**
 * Real processes under attack: a server and workers, started as a user starts them, killed and stopped by signal.
 * Invariant: every process of a run is ended with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** A program that is started again and again. */
export class Victim {
  readonly name: string;
  readonly #args: readonly string[];
  readonly #folder: string;
  readonly #say: (line: string) => void;
  #child: ChildProcess | null = null;
  /** The last thing it said on stderr: for whoever has to find out why it does not start. */
  lastWords = '';

  constructor(name: string, args: readonly string[], { folder, say }: { readonly folder: string; readonly say: (line: string) => void }) {
    this.name = name;
    this.#args = args;
    this.#folder = folder;
    this.#say = say;
  }

  /** Starts it, unless it runs. */
  start(): void {
    if (this.#child !== null) return;
    // Started hundreds of times: what Node compiled is kept between the starts.
    const env = { PATH: process.env['PATH'] ?? '', HOME: this.#folder, NODE_COMPILE_CACHE: join(tmpdir(), 'tutti-crash-compiled') };
    const child = spawn(process.execPath, [MAIN, ...this.#args], { cwd: this.#folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
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

  /** Sends a signal; nothing happens when it does not run. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends it with this signal and waits until it has ended. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    if (signal === 'SIGKILL') child.kill('SIGCONT');
    await ended;
  }
}
