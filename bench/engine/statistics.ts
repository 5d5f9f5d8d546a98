/**
 * Medians, percentiles and the machine they were measured on.
 */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** How fast something was, and what it cost. */
export interface Rate extends Pace {
  /** µs of CPU time of one life, by thread. */
  readonly cpu_us_per_life: Readonly<Record<string, number>>;
}

/** How fast something was. */
interface Pace {
  readonly lives_per_second: number;
  /** Of one life (add, claim, complete), in ms. */
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** The value below which a share of the sorted values lies. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** A rate from the durations of lives (ms) that were all done within `elapsedMs`. */
export function rateOf(durations: readonly number[], elapsedMs: number): Pace {
  const sorted = Float64Array.from(durations).sort();
  return {
    lives_per_second: Math.round((durations.length / elapsedMs) * 1000),
    p50_ms: round(percentile(sorted, 0.5), 3),
    p99_ms: round(percentile(sorted, 0.99), 3),
  };
}

/** A number with so many decimals. */
export function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

/** How often the disk under a folder syncs 4 KB per second. */
export function syncRate(folder: string): number {
  const file = join(folder, 'sync-probe');
  const handle = openSync(file, 'w');
  const block = Buffer.alloc(4096, 1);
  const until = performance.now() + 1000;
  const start = performance.now();
  let count = 0;
  while (performance.now() < until) {
    writeSync(handle, block, 0, block.length, (count % 64) * block.length);
    fdatasyncSync(handle);
    count += 1;
  }
  const rate = Math.round((count / (performance.now() - start)) * 1000);
  closeSync(handle);
  rmSync(file);
  return rate;
}

/** The machine, and how busy it was. */
export function machine(): object {
  const [first] = cpus();
  return {
    cores: cpus().length,
    cpu: first?.model.trim() ?? '',
    memory_gb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: process.platform,
  };
}
