/**
 * From the start of a server on a log that was left by a crash until it answers ready.
 */
import { startServerProcess } from '../engine/server-process.ts';

const ROUNDS = 5;

/** ms, over several kills. */
export async function measureCrash(project: string): Promise<{ readonly median_ms: number; readonly slowest_ms: number }> {
  const times: number[] = [];
  for (let turn = 0; turn <= ROUNDS; turn += 1) {
    const server = await startServerProcess(project);
    // The first start is the warm-up of the compile cache.
    if (turn > 0) times.push(server.ready_ms);
    await server.kill();
  }
  const sorted = times.toSorted((a, b) => a - b);
  return { median_ms: sorted[Math.floor(ROUNDS / 2)] ?? Number.NaN, slowest_ms: sorted.at(-1) ?? Number.NaN };
}
