/**
 * Whether answers stay within their limits (E14) with 100 sessions at work: `npm run bench:limits [-- --json]
 * [--sessions N] [--seconds N] [--rounds N] [--folder DIR]`. A server in a process of its own; every session lives through a task, sends a
 * heartbeat and takes a lock about once a second. It judges itself: beyond a limit it says so and ends with 1.
 * bench/results/limits.json is such a run.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startServerProcess } from './engine/server-process.ts';
import { machine, round, syncRate } from './engine/statistics.ts';
import { measureFileStore, measureStateOperations } from './limits/file-store.ts';
import { measureSpawn } from './limits/agent-spawn.ts';
import { measureDashboard } from './limits/dashboard.ts';
import { installInto, measureHooks } from './limits/hooks.ts';
import { judge, LIMITS_P99_MS } from './limits/judge.ts';
import { SessionsAtWork } from './limits/sessions-at-work.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    sessions: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    // Of hooks, dashboards and agents: enough for the p99 not to be the worst.
    rounds: { type: 'string', default: '101' },
    folder: { type: 'string', default: '.' },
  },
});
const sessions = Number(values.sessions);
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
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
  const hook = await measureHooks(program, place, rounds);
  console.error('a dashboard beside them');
  const dashboard_refresh = await measureDashboard(server, rounds);
  console.error('agents that are asked for beside them');
  const agent_spawn = await measureSpawn(server, program, folder, rounds);
  const load = loadavg().map((each) => round(each, 2));
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
    load,
    limits_p99_ms: LIMITS_P99_MS,
    ...measured,
    hook,
    dashboard_refresh,
    agent_spawn,
    state_operations_per_second: { tutti: ours, file_with_a_lock: file, ratio: Number((ours / file).toPrecision(3)) },
  };
  console.log(values.json === true ? JSON.stringify(result, null, 2) : result);
  for (const { what, measured: figure, limit, kept } of judge(result)) {
    console.error(`${kept ? 'kept  ' : 'BROKEN'} ${what}: ${figure} (${limit})`);
    if (!kept) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
