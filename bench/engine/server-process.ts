/**
 * A server in a process of its own, started as a user starts it.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const WAIT_MS = 120_000;

/** A running server. */
export interface ServerProcess {
  readonly pid: number;
  readonly url: string;
  readonly token: string;
  /** ms from its start until it answered ready. */
  readonly ready_ms: number;
  stop(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

/** Starts a server on a free port with its data in this folder. */
export async function startServerProcess(folder: string, env: NodeJS.ProcessEnv = process.env): Promise<ServerProcess> {
  const start = performance.now();
  // The server stands in the folder, so that a relative one would mean another.
  const data = resolve(folder, '.tutti');
  const child = spawn(process.execPath, [MAIN, 'up', '--port', '0', '--data', data], { cwd: folder, env, stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const file = join(data, 'server.json');
  // A server that crashed left its file.
  rmSync(file, { force: true });
  while (!existsSync(file) && performance.now() - start < WAIT_MS && child.exitCode === null) await sleep(2);
  const { url } = JSON.parse(readFileSync(file, 'utf8')) as { url: string };
  while (!(await fetch(`${url}/readyz`)).ok) await sleep(2);
  const ready_ms = Math.round(performance.now() - start);
  return {
    pid: child.pid ?? Number.NaN,
    url,
    token: readFileSync(join(data, 'token'), 'utf8').trim(),
    ready_ms,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
