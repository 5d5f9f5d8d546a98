/**
 * Whether memory stays flat: `npm run bench:soak [-- --json] [--tasks N] [--folder DIR]`, 2,000,000 tasks unless said
 * otherwise. Tasks of many kinds live through the rules and the SQLite journal: most complete, some fail for good, are
 * cancelled, are added under keys, come in groups, or wait for parts of their own. Heap and state are looked at as it goes;
 * it fails when the heap's peak in the last quarter is higher than in the one before. bench/results/soak.json is such a run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { SwarmState } from '../src/domain/state.ts';
import { openSqliteJournal } from '../src/journal/sqlite/open-sqlite-journal.ts';
import { callsOf, openEngine } from './engine/in-process.ts';
import { type Call, sessionToRegister, taskToAdd } from './engine/lives.ts';
import { machine, round } from './engine/statistics.ts';

const SESSIONS = 256;
const LOOKS = 20;
/** What is kept on purpose (ended groups, keys, dead letters) fills up in the first half; it is kept in generations, so peaks are compared. */
const TOLERATED = 0.05;

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, tasks: { type: 'string', default: '2000000' }, folder: { type: 'string', default: '.' } },
});
const total = Number(values.tasks);
const folder = mkdtempSync(join(values.folder, '.soak-'));

/** One look at the process. */
interface Look {
  readonly tasks: number;
  readonly heap_mb: number;
  /** What V8 keeps for its heap, used or not: most of what the resident set grows by. */
  readonly heap_kept_mb: number;
  readonly rss_mb: number;
  readonly tasks_in_memory: number;
  readonly tasks_per_second: number;
}

function isEvery(number: number, nth: number): boolean {
  return number % nth === 0;
}

/** One life; returns how many tasks it added. */
async function live(call: Call, session: string, number: number): Promise<number> {
  const more = {
    ...(isEvery(number, 4) ? { idempotency_key: `key-${number}` } : {}),
    ...(isEvery(number, 3) ? { group: `group-${Math.floor(number / 60)}`, labels: ['soak'] } : {}),
    ...(isEvery(number, 7) ? { deadline: '2100-01-01T00:00:00Z' } : {}),
  };
  const { task_id } = (await call('work.add', { ...taskToAdd(number), ...more })) as { task_id: string };
  if (isEvery(number, 41)) {
    await call('task.cancel', { task_id });
    return 1;
  }
  await call('work.claim', { session_id: session, task_id });
  if (isEvery(number, 97)) {
    const part = (await call('work.add', { ...taskToAdd(number), parent: task_id })) as { task_id: string };
    await call('work.suspend', { session_id: session, task_id, wait_for: [part.task_id] });
    for (const id of [part.task_id, task_id]) await finish(call, session, id, true);
    return 2;
  }
  const status = isEvery(number, 29) ? 'failed' : 'completed';
  await call('work.complete', { session_id: session, task_id, status, result: { ok: status === 'completed' } });
  return 1;
}

async function finish(call: Call, session: string, task_id: string, claims: boolean): Promise<void> {
  if (claims) await call('work.claim', { session_id: session, task_id });
  await call('work.complete', { session_id: session, task_id, status: 'completed' });
}

function highest(looks: readonly Look[]): number {
  return Math.max(...looks.map(({ heap_mb }) => heap_mb));
}

function look(tasks: number, state: SwarmState, seconds: number, since: number): Look {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, heapTotal, rss } = process.memoryUsage();
  const rate = Math.round((tasks - since) / seconds);
  return {
    tasks,
    heap_mb: round(heapUsed / 1e6, 1),
    heap_kept_mb: round(heapTotal / 1e6, 1),
    rss_mb: Math.round(rss / 1e6),
    tasks_in_memory: state.tasks.size,
    tasks_per_second: rate,
  };
}

try {
  const engine = await openEngine(folder);
  const call = callsOf(engine);
  const looks: Look[] = [];
  let number = 0;
  let added = 0;
  let before = performance.now();
  for (let index = 0; index < SESSIONS; index += 1) await call('session.register', sessionToRegister(`s${index}`, 1));
  for (let step = 1; step <= LOOKS; step += 1) {
    const since = added;
    const goal = Math.round((total * step) / LOOKS);
    await Promise.all(
      Array.from({ length: SESSIONS }, async (_, index) => {
        while (added < goal) {
          const lived = await live(call, `s${index}`, (number += 1));
          added += lived;
        }
      }),
    );
    const seconds = (performance.now() - before) / 1000;
    looks.push(await engine.read((state) => look(added, state, seconds, since)));
    before = performance.now();
    console.error(JSON.stringify(looks.at(-1)));
  }
  const { task_counts } = await engine.read((state) => ({ task_counts: { ...state.task_counts } }));
  await engine.close();
  const journal = await openSqliteJournal({ folder });
  const { damage } = await journal.verify();
  await journal.close();
  const growth = round(highest(looks.slice(-LOOKS / 4)) / highest(looks.slice(-LOOKS / 2, -LOOKS / 4)) - 1, 3);
  const result = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    tasks: added,
    task_counts,
    log_intact: damage === null,
    growth,
    looks,
  };
  console.log(values.json === true ? JSON.stringify(result, null, 2) : result);
  if (growth > TOLERATED || damage !== null) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
