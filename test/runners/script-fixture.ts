/**
 * What the tests of the script runner share: a folder that goes away, a request, a run to its end, and a look at processes.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { RunnerEvent, RunRequest } from '../../src/runners/runner.ts';
import { createScriptRunner } from '../../src/runners/script/script-runner.ts';

export type Finished = Extract<RunnerEvent, { kind: 'finished' }>;

/** A new folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tutti-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  return folder;
}

/** A request to run a spec in a new folder; the log is `run.log` in it. */
export async function requestFor(spec: unknown, more: Partial<RunRequest> = {}): Promise<RunRequest> {
  const folder = await temporaryFolder();
  const environment = { PATH: '/usr/bin:/bin' };
  return { task_id: 't-1', attempt: 1, spec, folder, log_file: join(folder, 'run.log'), environment, timeout_ms: 150_000, ...more };
}

/** Runs to the end and returns every event. */
export async function runToEnd(request: RunRequest, grace_ms = 5_000, signal = new AbortController().signal): Promise<RunnerEvent[]> {
  const events: RunnerEvent[] = [];
  for await (const event of createScriptRunner({ grace_ms }).run(request, signal)) events.push(event);
  return events;
}

/** The last event of a run. */
export function lastOf(events: readonly RunnerEvent[]): Finished {
  const last = events.at(-1);
  if (last?.kind !== 'finished') throw new Error(`the stream ended with ${JSON.stringify(last)}`);
  return last;
}

/** The whole output of one stream. */
export function outputOf(events: readonly RunnerEvent[], stream: 'stdout' | 'stderr'): string {
  return events.map((event) => (event.kind === 'output' && event.stream === stream ? event.text : '')).join('');
}

/** True while a process runs; a zombie does not. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null);
  return stat !== null && !'ZX'.includes(stat.slice(stat.lastIndexOf(')') + 2)[0] ?? 'Z');
}

/** Kills a process that must be there; a pid of 0 would be the test's own group. Throws Error for none. */
export function killHard(pid: number | undefined): void {
  if (pid === undefined || pid <= 0) throw new Error(`there is no process to kill: ${pid}`);
  process.kill(pid, 'SIGKILL');
}

/** Waits until a file holds something and returns it. */
export async function contentOf(path: string): Promise<string> {
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text.endsWith('\n')) return text.trim();
    await sleep(10);
  }
}
