/**
 * The status at moments all over the log, each asked of a thread that has seen others before; and one of a thread that is new.
 */
import { openSqliteReader } from '../../src/journal/sqlite/sqlite-reader.ts';
import { ThreadMoments } from '../../src/travel/thread-moments.ts';
import { round } from '../engine/statistics.ts';

const QUESTIONS = 40;

/** Measures on the log in this folder. */
export async function measureMoments(
  folder: string,
): Promise<{ readonly first_s: number; readonly median_s: number; readonly slowest_s: number }> {
  const reader = openSqliteReader(folder);
  const { seq: head } = reader.head;
  await reader.close();
  const moments = new ThreadMoments({ folder, swarm: 'default' });
  const times: number[] = [];
  let last = 1;
  for (let turn = 0; turn < QUESTIONS; turn += 1) {
    // The same places in every run, all over the log.
    last = (last * 48_271) % 2_147_483_647;
    const start = performance.now();
    await moments.ask({ query: 'swarm.status', input: {}, at: last % head, now: Date.now() });
    times.push((performance.now() - start) / 1000);
  }
  await moments.close();
  const [first = Number.NaN, ...others] = times;
  const sorted = others.toSorted((a, b) => a - b);
  return {
    first_s: round(first, 3),
    median_s: round(sorted[Math.floor(sorted.length / 2)] ?? first, 3),
    slowest_s: round(sorted.at(-1) ?? first, 3),
  };
}
