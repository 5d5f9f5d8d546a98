/**
 * What a host costs that keeps live sessions: its own CPU time and that of what it starts, in parts of one core; tmux's own
 * beside it, which is there without us too.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { terminalSocket } from '../../src/config/terminal-socket.ts';
import { runHost } from '../../src/host/supervision/run-host.ts';
import { round } from '../engine/statistics.ts';
import type { BenchPlace } from './starts.ts';

/** CPU time in percent of one core. */
export interface KeepingCost {
  readonly sessions: number;
  readonly seconds: number;
  readonly ours_percent: number;
  readonly tmux_percent: number;
}

const TICKS_PER_SECOND = 100;
const SETTLE_MS = 3000;

/** Keeps sessions that write a line a second, for so long. */
export async function measureKeeping({ folder, environment }: BenchPlace, sessions: number, seconds: number): Promise<KeepingCost> {
  const stopping = new AbortController();
  const limits = { limit_ms: null, memory_mb: null, cpu_seconds: null, restart: 'never', environment: {} } as const;
  const wanted = Array.from({ length: sessions }, (_, number) => ({
    id: `s-${number}`,
    command: ['/bin/sh', '-c', 'while :; do echo "still here"; sleep 1; done'] as const,
    folder,
    ...limits,
  }));
  let spawned = 0;
  const onEvent = ({ kind }: { readonly kind: string }): void => {
    if (kind === 'spawned') spawned += 1;
  };
  const rules = { most_sessions: sessions };
  const host = runHost({ wanted: () => wanted, data_folder: folder, environment, signal: stopping.signal, rules, onEvent });
  while (spawned < sessions) await sleep(50);
  await sleep(SETTLE_MS);
  const server = Number(execFileSync('tmux', ['-L', terminalSocket(folder), 'display-message', '-p', '#{pid}'], { encoding: 'utf8' }));
  const began = { at: performance.now(), ours: ticksOf(process.pid, true), tmux: ticksOf(server, false) };
  await sleep(seconds * 1000);
  const elapsed_s = (performance.now() - began.at) / 1000;
  const percent = (ticks: number): number => round(((ticks / TICKS_PER_SECOND) * 100) / elapsed_s, 2);
  const cost = {
    ours_percent: percent(ticksOf(process.pid, true) - began.ours),
    tmux_percent: percent(ticksOf(server, false) - began.tmux),
  };
  stopping.abort();
  await host;
  return { sessions, seconds, ...cost };
}

/** CPU time of a process, with that of its children that have ended. */
function ticksOf(pid: number, withChildren: boolean): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return fields.slice(11, withChildren ? 15 : 13).reduce((sum, ticks) => sum + ticks, 0);
}
