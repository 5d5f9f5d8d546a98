/**
 * Seed 8964, written out: a server whose log had broken was stopped, another one took its folder, the first went on and
 * refused whoever was connected to it, for ever.
 */
import { expect, onTestFinished, test } from 'vitest';
import { invoke } from '../../src/server/invoke.ts';
import { ANYONE } from '../support/test-swarm.ts';
import { STAYS_WHEN_TAKEN } from './mutants.ts';
import { ServerKeeper } from './server-keeper.ts';
import { SOUND_DISK } from './sim-disk.ts';
import { eventsOf } from './log-checks.ts';
import { readLinks } from './sim-storage.ts';
import type { SimProcess } from './sim-process.ts';
import { Workforce } from './workforce.ts';
import { type WorldOptions, WorldParts } from './world-parts.ts';

const PAUSE_MS = 15_000;

function quietParts(options: WorldOptions): WorldParts {
  for (let seed = 0; ; seed += 1) {
    const parts = new WorldParts(String(seed), { ...options, cut: { blows: [], sound_disk: true, sound_net: true, calm_net: true } });
    if (parts.plan.sockets) {
      onTestFinished(() => parts.end());
      return parts;
    }
    parts.end();
  }
}

/** The worker is connected to the first server when that loses its folder. What became of a task that the second was given? */
async function loseFolder(
  options: WorldOptions,
): Promise<{ readonly parts: WorldParts; readonly first: SimProcess; readonly ended: boolean }> {
  const parts = quietParts(options);
  const { time, disk, storage } = parts;
  const keeper = new ServerKeeper(parts, () => undefined);
  const crew = new Workforce(parts);
  onTestFinished(() => {
    keeper.process?.kill();
    for (const { process } of crew.workers) process?.kill();
  });
  const add = (id: string): Promise<unknown> => {
    if (keeper.server === null) throw new Error('no server serves');
    const spec = { run_ms: 100, fails: false };
    return invoke(keeper.server.engine, 'work.add', { id, type: 'build', title: id, spec }, ANYONE).catch((error: unknown) => error);
  };
  const has = (type: string): boolean => eventsOf(readLinks(storage)).some((event) => event.type === type);
  keeper.start();
  await time.runUntil(time.now + 5000, () => keeper.server !== null);
  const [worker] = crew.workers;
  const first = keeper.process;
  if (worker === undefined || first === null) throw new Error('there is nobody');
  crew.start(worker);
  await time.runUntil(time.now + 10_000);
  expect(has('session_registered')).toBe(true);
  disk.faults = { ...SOUND_DISK, no_space: 1 };
  void add('refused');
  await time.runUntil(time.now + 500);
  keeper.pause(PAUSE_MS);
  disk.faults = SOUND_DISK;
  await time.runUntil(time.now + PAUSE_MS - 1000);
  expect([keeper.process === first, keeper.server !== null]).toEqual([false, true]);
  void add('later');
  await time.runUntil(time.now + 600_000, () => has('task_completed'));
  return { parts, first, ended: has('task_completed') };
}

test('seed 8964: a server that lost its folder while it was stopped ends, and whoever was connected to it comes back', async () => {
  const { parts, first, ended } = await loseFolder({});
  expect([first.alive, ended, parts.violations]).toEqual([false, true, []]);
  expect(parts.faults.get('server: another one has its folder')).toBe(1);
});

test('seed 8964: if it went on instead, nobody would come back', async () => {
  const { first, ended } = await loseFolder({ mutant: STAYS_WHEN_TAKEN });
  expect([first.alive, ended]).toEqual([true, false]);
});
