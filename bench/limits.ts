/**
 * Whether answers stay within their limits (E14) with 100 sessions at work: `npm run bench:limits [-- --json]
 * [--sessions N] [--seconds N] [--folder DIR]`. A server in a process of its own; every session lives through a task, sends a
 * heartbeat and takes a lock about once a second. bench/results/limits.json is such a run. What a dashboard shows is measured
 * by bench:web, and agents that start by bench:spawn.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startServerProcess } from './engine/server-process.ts';
import { machine, syncRate } from './engine/statistics.ts';
import { measureFileStore, measureStateOperations } from './limits/file-store.ts';
import { installInto, measureHooks } from './limits/hooks.ts';
import { SessionsAtWork } from './limits/sessions-at-work.ts';

/** ms at p99. */
const LIMITS = { session_start: 100, state_query: 50, hook: 200, critical_operation: 100 } as const;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    sessions: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    folder: { type: 'string', default: '.' },
  },
});
const sessions = Number(values.sessions);
const seconds = Number(values.seconds);
const folder = mkdtempSync(join(resolve(values.folder), '.bench-'));
try {
  const place = join(folder, 'server');
  mkdirSync(place);
  console.error('the package, built as it is published');
  const program = installInto(folder);
  const server = await startServerProcess(place);
  const work = await SessionsAtWork.begin(server, sessions);
  console.error(`${sessions} sessions at work`);
  const measured = await work.measure(seconds);
  console.error('hooks beside them');
  const hook = await measureHooks(server, program, place);
  await work.end();
  console.error('state operations, and the same on a file');
  const ours = await measureStateOperations(server, sessions, seconds / 4);
  await server.stop();
  const file = await measureFileStore(join(folder, 'state.json'), sessions, seconds / 4);
  const result = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    syncs_per_second: syncRate(folder),
    sessions,
    seconds,
    limits_p99_ms: LIMITS,
    ...measured,
    hook,
    state_operations_per_second: { tutti: ours, file_with_a_lock: file, ratio: Number((ours / file).toPrecision(3)) },
  };
  console.log(values.json === true ? JSON.stringify(result, null, 2) : result);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
