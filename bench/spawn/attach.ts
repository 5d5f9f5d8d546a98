/**
 * How long it takes from the wish to see a terminal to its first screen, through a real server, nobody else watching.
 */
import { createLiveClient } from '../../src/client/live-client.ts';
import { runHost } from '../../src/host/supervision/run-host.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '../engine/server-process.ts';
import { type BenchPlace, type Delays, delaysOf } from './starts.ts';

const SESSIONS = 10;

/** Watches sessions of a host one after the other, so many times in all. */
export async function measureAttach({ folder, environment }: BenchPlace, { url, token }: ServerProcess, count: number): Promise<Delays> {
  const stopping = new AbortController();
  const limits = { limit_ms: null, memory_mb: null, cpu_seconds: null, restart: 'never', environment: {} } as const;
  const wanted = Array.from({ length: SESSIONS }, (_, number) => ({
    id: `s-${number}`,
    command: ['/bin/sh', '-c', 'seq 1 200; exec sleep 600'] as const,
    folder,
    ...limits,
  }));
  const find = () => Promise.resolve({ url, token });
  const host = runHost({ wanted: () => wanted, data_folder: folder, environment, signal: stopping.signal, find });
  const client = createLiveClient({ url, token });
  while ((await client.call('terminal.list', {})).terminals.length < SESSIONS) await sleep(50);
  const times: number[] = [];
  for (let number = 0; number < count; number += 1) {
    times.push(await firstScreen(client, `s-${number % SESSIONS}`));
    await sleep(20);
  }
  client.close();
  stopping.abort();
  await host;
  return delaysOf(times);
}

function firstScreen(client: ReturnType<typeof createLiveClient>, id: string): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const stop = client.watchTerminal(id, {
      onScreen: () => {
        stop();
        resolve(performance.now() - began);
      },
      onGone: reject,
    });
  });
}
