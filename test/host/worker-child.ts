/**
 * Starts workers as processes of their own, for tests that kill or pause them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { TestBed } from './test-bed.ts';

/** One event of a worker process, or its exit. */
export type Line = Readonly<Record<string, unknown>> & { readonly kind: string };

/** A worker in a process of its own. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly lines: readonly Line[];
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly exited: Promise<unknown>;
}

/** Starts one; it is killed after the test. */
export function startProcess(bed: TestBed, session_id: string): WorkerProcess {
  const options = JSON.stringify({ url: bed.url, token: bed.token, session_id, data_folder: bed.data });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'worker-process.ts'), options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line) as Line));
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { child, lines, kill: (signal) => child.kill(signal), exited };
}
