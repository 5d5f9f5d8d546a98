/**
 * How long it takes from the request for work to the process that does it: asked of the server, handed to a worker, started.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient } from '../../src/client/http-client.ts';
import type { ServerProcess } from '../engine/server-process.ts';
import { type LatencyFigures, latencyOf } from './sessions-at-work.ts';

const CAPABILITY = 'spawn';
const LOOK_MS = 1;

/** Asks an idle worker for so many processes, one after the other; `program` is the published one. */
export async function measureSpawn({ url, token }: ServerProcess, program: string, place: string, rounds: number): Promise<LatencyFigures> {
  const folder = join(place, 'spawn');
  mkdirSync(folder);
  const client = createHttpClient({ url, token });
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, TUTTI_SERVER: url, TUTTI_TOKEN: token };
  const worker = spawn(process.execPath, [program, 'worker', '--name', 'spawner', '-c', CAPABILITY], { cwd: folder, env, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const status = async (): Promise<string> => (await client.call('session.show', { session_id: 'spawner' })).session.status;
  while ((await status().catch(() => 'absent')) !== 'idle') await sleep(50);
  const times: number[] = [];
  for (let number = 0; number < rounds; number += 1) {
    const mark = join(folder, `mark-${number}`);
    const began = performance.now();
    const { task_id } = await client.call('work.add', {
      type: 'build',
      title: 'Begin',
      spec: { run: ['touch', mark] },
      required_capability: CAPABILITY,
    });
    while (!existsSync(mark)) await sleep(LOOK_MS);
    times.push(performance.now() - began);
    while ((await client.call('task.show', { task_id })).task.status !== 'completed') await sleep(10);
  }
  worker.kill('SIGTERM');
  await ended;
  return latencyOf(times);
}
