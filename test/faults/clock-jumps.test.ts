/**
 * R32, R33: a real server and real workers whose machines' clocks are set by hours, forth and back, while they work: nothing
 * is lost, nothing is completed twice, and what is due comes when it is due.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createHttpClient } from '../../src/client/http-client.ts';
import type { TuttiClient } from '../../src/client/client.ts';
import { Victim } from '../crash/processes.ts';
import { temporaryFolder } from '../journal/temporary-folder.ts';
import { courseFaults } from '../simulation/log-checks.ts';
import { readLog } from '../support/read-log.ts';
import { buildShim } from './faulty-server.ts';

const HOURS = 3_600_000;
const PATIENCE = { timeout: 200_000, interval: 50 };
const SETTINGS = { heartbeat_interval: 1, offline_after: 6, health_interval: 1, max_lost_attempts: 1000 };

/** Starts the server; resolves with a client of it. */
async function served(server: Victim, folder: string): Promise<TuttiClient> {
  const file = join(folder, '.tutti', 'server.json');
  server.start();
  await expect.poll(() => existsSync(file), PATIENCE).toBe(true);
  const { url } = JSON.parse(readFileSync(file, 'utf8')) as { url: string };
  const client = createHttpClient({ url, token: readFileSync(join(folder, '.tutti', 'token'), 'utf8').trim() });
  await client.call('config.apply', { settings: SETTINGS });
  return client;
}

test(
  'R32, R33: clocks that are set by six hours, forth and back, under a server and its workers',
  { timeout: 900_000 },
  async ({ skip }) => {
    const folder = temporaryFolder();
    const clockShim = buildShim(folder, 'clock-shim') ?? skip('a clock can only be set with a C compiler');
    const around = { folder, say: () => undefined, clockShim };
    const server = new Victim('server', ['up', '--port', '0', '--log-level', 'warn'], around);
    const workers = ['worker-1', 'worker-2'].map((name) => new Victim(name, ['worker', '--name', name, '--capabilities', 'code'], around));
    const timers: NodeJS.Timeout[] = [];
    let dead: Victim | undefined;
    const endAll = async (): Promise<void> => {
      for (const timer of timers) clearInterval(timer);
      for (const victim of [...workers, server]) await victim.end('SIGKILL');
    };
    onTestFinished(endAll);
    const client = await served(server, folder);
    // A worker that is told too late where its server is ends: whoever keeps it starts it again.
    const keep = (): void => {
      for (const worker of workers) if (worker !== dead) worker.start();
    };
    timers.push(setInterval(keep, 200));
    const added: string[] = [];
    const add = async (id: string, run: string): Promise<void> => {
      await client.call('work.add', { id, type: 'build', title: id, spec: { run }, max_attempts: 3, backoff_seconds: 1 });
      added.push(id);
    };
    const statusOf = async (id: string): Promise<string> => (await client.call('task.show', { task_id: id })).task.status;
    const done = async (): Promise<number> => (await client.call('swarm.status', {})).tasks.completed;
    const allDone = (): Promise<unknown> => expect.poll(done, PATIENCE).toBe(added.length);
    /** A retry after a second, and the work of a worker that dies, are due by the swarm's time: they come, whatever its clock says. */
    const expectDeadlines = async (round: string): Promise<void> => {
      const again = join(folder, `again-${round}`);
      await add(`again-${round}`, `test -e ${again} || { touch ${again}; exit 1; }`);
      await allDone();
      const first = join(folder, `first-${round}`);
      await add(`left-${round}`, `mkdir ${first} 2>/dev/null && sleep 100; true`);
      await expect.poll(() => existsSync(first), PATIENCE).toBe(true);
      const { task } = await client.call('task.show', { task_id: `left-${round}` });
      dead = workers.find(({ name }) => name === task.assigned_to);
      await dead?.end('SIGKILL');
      await allDone();
      expect(await statusOf(`left-${round}`)).toBe('completed');
      dead = undefined;
    };

    for (let index = 0; index < 6; index += 1) await add(`forth-${index}`, 'sleep 0.3');
    await expect.poll(done, PATIENCE).toBeGreaterThan(1);
    server.setClock(6 * HOURS);
    await expectDeadlines('forth');
    for (let index = 0; index < 6; index += 1) await add(`back-${index}`, 'sleep 0.3');
    const before = await done();
    await expect.poll(done, PATIENCE).toBeGreaterThan(before);
    server.setClock(-6 * HOURS);
    for (const [index, worker] of workers.entries()) worker.setClock((index === 0 ? 6 : -6) * HOURS);
    await expectDeadlines('back');

    await endAll();
    const { events, damage } = await readLog(join(folder, '.tutti'));
    expect([damage, ...courseFaults(events)]).toEqual([null]);
    const completed = events.flatMap(({ type, data }) => (type === 'task_completed' ? [data.task_id] : []));
    expect(completed.toSorted()).toEqual(added.toSorted());
  },
);
