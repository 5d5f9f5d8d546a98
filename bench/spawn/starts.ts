/**
 * How long it takes from the request for a session to its process, and to its first output.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clientClock } from '../../src/client/system-ports.ts';
import { openPtyHome } from '../../src/host/terminals/pty-home.ts';
import { openTmuxHome } from '../../src/host/terminals/tmux-home.ts';
import { createScriptRunner } from '../../src/runners/script/script-runner.ts';
import { percentile, round } from '../engine/statistics.ts';

/** Where and with what sessions run. */
export interface BenchPlace {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** In ms. */
export interface Delays {
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** Median and tail of delays. */
export function delaysOf(times: readonly number[]): Delays {
  const sorted = times.toSorted((a, b) => a - b);
  return { p50_ms: round(percentile(sorted, 0.5), 2), p99_ms: round(percentile(sorted, 0.99), 2) };
}

/** Scripts of a worker, one after the other, to their first output. */
export async function measureScripts({ folder, environment }: BenchPlace, count: number): Promise<Delays> {
  const times: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const began = performance.now();
    const log_file = join(folder, `${number}.log`);
    const spec = { run: ['echo', 'here'] };
    const request = { task_id: `t-${number}`, attempt: 1, spec, folder, log_file, environment, timeout_ms: 10_000 };
    let first: number | null = null;
    for await (const event of createScriptRunner().run(request, new AbortController().signal)) {
      if (event.kind === 'output') first ??= performance.now() - began;
    }
    times.push(first ?? Number.NaN);
  }
  return delaysOf(times);
}

/** Sessions of a host, one after the other: to their process, and to their first output on the screen; all of them go on. */
export async function measureTerminals(
  kind: 'tmux' | 'pty',
  { folder, environment }: BenchPlace,
  count: number,
): Promise<{ to_process: Delays; to_first_output: Delays }> {
  const home = await (kind === 'tmux' ? openTmuxHome : openPtyHome)(folder, environment, clientClock);
  const [started, shown]: [number[], number[]] = [[], []];
  for (let number = 0; number < count; number += 1) {
    const id = `s-${number}`;
    const began = performance.now();
    await home.start({ id, command: ['/bin/sh', '-c', 'echo here; exec sleep 600'], folder, environment: {} });
    started.push(performance.now() - began);
    while (!(await home.screen(id, 1)).includes('here')) await sleep(1);
    shown.push(performance.now() - began);
  }
  for (let number = 0; number < count; number += 1) await home.stop(`s-${number}`, 0);
  return { to_process: delaysOf(started), to_first_output: delaysOf(shown) };
}
