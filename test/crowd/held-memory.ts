/**
 * What a server holds on to: its heap and its buffers after a collection, asked of the probe in it (`heap-probe.ts`).
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '../../bench/engine/server-process.ts';

const PROBE = new URL('./heap-probe.ts', import.meta.url);
const ANSWERS_WITHIN_MS = 120_000;

/** The environment of a server with the probe in it; its answers go into this folder. */
export function probedEnvironment(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, NODE_OPTIONS: `--import ${PROBE.href}`, HEAP_PROBE: fileIn(folder) };
}

/** MB that the server holds, its main thread alone. Rejects when it does not answer. */
export async function heldMb({ pid }: ServerProcess, folder: string): Promise<number> {
  const file = fileIn(folder);
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  const until = performance.now() + ANSWERS_WITHIN_MS;
  while (!existsSync(file)) {
    if (performance.now() > until) throw new Error('the server does not say what it holds');
    await sleep(10);
  }
  return Math.round(Number(readFileSync(file, 'utf8')) / 1_048_576);
}

function fileIn(folder: string): string {
  return join(folder, 'held');
}
