/**
 * What coordination is worth (A21): `npm run bench:swarm [-- --json] [--sessions 12,100,1000] [--tasks N] [--folder DIR]`.
 * The same work by loose coordination (simulated in virtual time) and by Tutti: a real server, sessions over HTTP, the time
 * of the work scaled. bench/results/swarm.json is such a run.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createHttpClient } from '../src/client/http-client.ts';
import { startServerProcess } from './engine/server-process.ts';
import { machine } from './engine/statistics.ts';
import { looseCoordination } from './swarm/loose-coordination.ts';
import { tuttiRun } from './swarm/tutti-run.ts';
import { leastSeconds, workMix } from './swarm/work-mix.ts';

const SEED = 11;
const MEAN_TASK_SECONDS = 1080;
/** Seconds of the clock that a mean task takes at least, and for each session: one process plays all sessions. */
const TASK_CLOCK_SECONDS = 1;
const CLOCK_SECONDS_PER_SESSION = 0.005;
const OFFLINE_AFTER = 4;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    sessions: { type: 'string', default: '12,100,1000' },
    tasks: { type: 'string', default: '20' },
    folder: { type: 'string', default: '.' },
  },
});
const perSession = Number(values.tasks);
const folder = mkdtempSync(join(resolve(values.folder), '.bench-'));
const round = (value: number): number => Number(value.toPrecision(4));
try {
  const rows: object[] = [];
  for (const sessions of values.sessions.split(',').map(Number)) rows.push(await measure(sessions));
  const recovery = await measureRecovery(24);
  const result = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    seed: SEED,
    tasks_per_session: perSession,
    rows,
    recovery,
  };
  console.log(values.json === true ? JSON.stringify(result, null, 2) : result);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(sessions: number): Promise<object> {
  console.error(`${sessions} sessions`);
  const mix = workMix(sessions, perSession, SEED);
  const least = leastSeconds(mix);
  const loose = looseCoordination(mix, SEED);
  const scale = MEAN_TASK_SECONDS / Math.max(TASK_CLOCK_SECONDS, CLOCK_SECONDS_PER_SESSION * sessions);
  const tutti = await onServer(`swarm-${sessions}`, (server) => tuttiRun(server, mix, { scale, killed: 0 }));
  const work = mix.tasks.reduce((sum, task) => sum + task.seconds * (1 + task.failures), 0);
  const speed = mix.sessions.reduce((sum, session) => sum + session.speed, 0) / sessions;
  const achievable = work / speed / (sessions * least);
  return {
    sessions,
    tasks: mix.tasks.length,
    time_scale: round(scale),
    least_hours: round(least / 3600),
    loose: {
      hours: round(loose.makespan_seconds / 3600),
      utilisation: round(loose.utilisation),
      duplicate_share: round(loose.duplicate_share),
      begun_too_early_share: round(loose.begun_too_early_share),
    },
    tutti: {
      hours: round(tutti.makespan_seconds / 3600),
      utilisation: round(tutti.utilisation),
      utilisation_over_achievable: round(tutti.utilisation / Math.min(1, achievable)),
      completed: tutti.completed,
      duplicate_executions: tutti.duplicate_executions,
    },
    throughput_ratio: round(loose.makespan_seconds / tutti.makespan_seconds),
    bound: round(loose.makespan_seconds / least),
    share_of_bound: round(least / tutti.makespan_seconds),
  };
}

/** Sessions fall silent with a task in hand: how long until another works on it, in seconds of the clock. */
async function measureRecovery(sessions: number): Promise<object> {
  console.error('killed sessions');
  const mix = workMix(sessions, perSession, SEED + 1);
  const killed = Math.ceil(sessions / 4);
  const outcome = await onServer('swarm-killed', async (server) => {
    const client = createHttpClient({ url: server.url, token: server.token });
    await client.call('config.apply', { settings: { offline_after: OFFLINE_AFTER, heartbeat_interval: 1, health_interval: 1 } });
    return tuttiRun(server, mix, { scale: MEAN_TASK_SECONDS / 0.5, killed });
  });
  const times = outcome.recoveries_seconds.toSorted((a, b) => a - b);
  return {
    sessions,
    killed,
    offline_after_seconds: OFFLINE_AFTER,
    tasks: mix.tasks.length,
    completed: outcome.completed,
    duplicate_executions: outcome.duplicate_executions,
    recovered: times.length,
    median_seconds: round(times[Math.floor(times.length / 2)] ?? Number.NaN),
    longest_seconds: round(times.at(-1) ?? Number.NaN),
  };
}

async function onServer<T>(name: string, run: (server: Awaited<ReturnType<typeof startServerProcess>>) => Promise<T>): Promise<T> {
  const own = join(folder, name);
  mkdirSync(own);
  const server = await startServerProcess(own);
  try {
    return await run(server);
  } finally {
    await server.stop();
  }
}
