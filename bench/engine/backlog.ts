/**
 * What a long backlog costs: heap per pending task, and the price of an operation beside a short one.
 * Runs in a process of its own with --expose-gc: `node --expose-gc bench/engine/backlog.ts FOLDER TASKS`.
 */
import { callsOf, openEngine } from './in-process.ts';
import { type Call, sessionToRegister, taskToAdd } from './lives.ts';
import { round } from './statistics.ts';

const BATCH = 1000;
const SAMPLES = 20_000;
const SHORT = 1000;

/** µs of CPU time of the main thread per operation, with 100 in flight. */
interface Costs {
  readonly add_us: number;
  readonly claim_us: number;
  readonly complete_us: number;
}

async function fill(call: Call, tasks: number): Promise<void> {
  for (let added = 0; added < tasks; added += BATCH) {
    await call('work.add', { tasks: Array.from({ length: Math.min(BATCH, tasks - added) }, (_, index) => taskToAdd(added + index)) });
  }
}

function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}

async function costOf(operations: (() => Promise<unknown>)[]): Promise<number> {
  const before = process.threadCpuUsage();
  for (let start = 0; start < operations.length; start += 100) {
    await Promise.all(operations.slice(start, start + 100).map((operation) => operation()));
  }
  const used = process.threadCpuUsage(before);
  return round((used.user + used.system) / operations.length, 2);
}

async function costs(call: Call, label: string): Promise<Costs> {
  const session = `bench-${label}`;
  await call('session.register', sessionToRegister(session, 1000));
  const ids: string[] = [];
  const leases: number[] = [];
  const add_us = await costOf(
    Array.from({ length: SAMPLES }, (_, index) => async () => {
      ids.push(((await call('work.add', taskToAdd(index))) as { task_id: string }).task_id);
    }),
  );
  let claim = 0;
  let complete = 0;
  for (let start = 0; start < SAMPLES; start += BATCH) {
    const some = ids.slice(start, start + BATCH);
    claim += await costOf(
      some.map((task_id, index) => async () => {
        leases[index] = ((await call('work.claim', { session_id: session, task_id })) as { lease: number }).lease;
      }),
    );
    complete += await costOf(
      some.map(
        (task_id, index) => () => call('work.complete', { session_id: session, task_id, status: 'completed', lease: leases[index] }),
      ),
    );
  }
  const rounds = SAMPLES / BATCH;
  return { add_us, claim_us: round(claim / rounds, 2), complete_us: round(complete / rounds, 2) };
}

const [folder = '', count = '1000000'] = process.argv.slice(2);
const tasks = Number(count);
const engine = await openEngine(folder);
const call = callsOf(engine);
await fill(call, SHORT);
await costs(call, 'warm-up');
const short = await costs(call, 'short');
const before = heap();
await fill(call, tasks);
const bytes_per_task = Math.round((heap() - before) / tasks);
const long = await costs(call, 'long');
await engine.close();
console.log(JSON.stringify({ tasks, bytes_per_task, short, long }));
