/**
 * What the judge of simulated worlds was wrong about, each named after the seed that showed it: written out, because what a
 * seed draws changes with everything that is added to the worlds.
 */
import { expect, onTestFinished, test } from 'vitest';
import type { LogEvent } from '../../src/contract/event.ts';
import { invoke } from '../../src/server/invoke.ts';
import { ANYONE } from '../support/test-swarm.ts';
import { brokenPromises, eventsOf } from './log-checks.ts';
import { ServerKeeper } from './server-keeper.ts';
import { SOUND_DISK } from './sim-disk.ts';
import { readLinks } from './sim-storage.ts';
import { Testimony } from './testimony.ts';
import { Workforce } from './workforce.ts';
import { WorldParts } from './world-parts.ts';

function quietParts(seed: string): WorldParts {
  const parts = new WorldParts(seed, { cut: { blows: [], sound_disk: true, sound_net: true, calm_net: true } });
  onTestFinished(() => parts.end());
  return parts;
}

test('seed 20411: what became durable while the writer broke was published to nobody, and the judge knows of it', async () => {
  const parts = quietParts('20411');
  const { time, disk, storage } = parts;
  const keeper = new ServerKeeper(parts, () => undefined);
  const add = (id: string): Promise<unknown> => {
    if (keeper.server === null) throw new Error('the server does not serve');
    return invoke(keeper.server.engine, 'work.add', { id, type: 'build', title: id }, ANYONE);
  };
  keeper.start();
  await time.runUntil(time.now + 5000, () => keeper.server !== null);
  const published: LogEvent[] = [];
  keeper.server?.engine.feed.listen((events) => void published.push(...events));
  const first = add('first');
  await time.runUntil(time.now + 1000);
  await first;
  disk.faults = { ...SOUND_DISK, sync_error: 1 };
  const unsure = add('unsure').catch((error: unknown) => error);
  await time.runUntil(time.now + 1000);
  expect(await unsure).toMatchObject({ code: 'journal_failed' });
  disk.faults = SOUND_DISK;
  await time.runUntil(time.now + 60_000);
  const last = add('last');
  await time.runUntil(time.now + 1000);
  await last;
  const addedIn = (events: readonly LogEvent[]): string[] =>
    events.flatMap(({ type, data }) => (type === 'task_added' ? [data.task_id] : []));
  expect(addedIn(published)).toEqual(['first', 'last']);
  expect(addedIn(keeper.published)).toEqual(['first', 'unsure', 'last']);
  expect(keeper.published).toEqual(eventsOf(readLinks(storage)));
  expect(parts.violations).toEqual([]);
  keeper.process?.kill();
});

test('seed 21522: who is lost is lost with every twin of it', () => {
  let seed = 0;
  let parts = quietParts(String(seed));
  while (parts.plan.workers.length < 2) parts = quietParts(String((seed += 1)));
  const crew = new Workforce(parts);
  const [stays, lost] = crew.workers;
  if (stays === undefined || lost === undefined) throw new Error('there are not two workers');
  crew.start(lost);
  crew.startTwin(lost);
  const processes = [...lost.processes];
  expect(processes).toHaveLength(2);
  crew.lose(lost);
  expect(processes.map(({ alive }) => alive)).toEqual([false, false]);
  expect(crew.present).not.toContain(lost);
  crew.lose(stays);
  expect(crew.present).toContain(stays);
});

test('seed 11949: a server that was paused takes a connection in before it hears that it is gone', async () => {
  const parts = quietParts('11949');
  const { net, time, plan } = parts;
  const heard: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    const [server, client] = [parts.makeProcess('server', plan.clock), parts.makeProcess('client', plan.clock)];
    net.listen(
      server,
      () => Promise.reject(new Error('nobody asks')),
      (_url, { serverEnd: { ws } }) => {
        heard.push('taken in');
        ws.once('close', () => heard.push('gone'));
      },
    );
    server.pause();
    net.transportOf(client).connect('ws://server/', [], { opened: () => undefined, received: () => undefined, closed: () => undefined });
    await time.runUntil(time.now + 1000);
    client.kill();
    await time.runUntil(time.now + 1000);
    expect(heard).toHaveLength(round * 2);
    server.resume();
    await time.runUntil(time.now + 1000);
    server.kill();
  }
  expect(heard).toEqual(Array.from({ length: 20 }, () => ['taken in', 'gone']).flat());
});

test('seed 70461: a rollback that found nothing to change leaves no trace, so its request may change something when it comes once more', () => {
  const rolledBack = (changed: number): LogEvent =>
    ({ seq: 1, time: 0, type: 'swarm_rolled_back', command_id: 'c-1', data: { changed } }) as unknown as LogEvent;
  const judged = (told: number, events: readonly LogEvent[]): string[] => {
    const testimony = new Testimony();
    testimony.rollbacks.set('c-1', told);
    return [...brokenPromises(testimony, events)];
  };
  expect(judged(0, [rolledBack(1)])).toEqual([]);
  expect(judged(2, [rolledBack(2)])).toEqual([]);
  const lost = ['a rollback of 2 things was acknowledged and is lost'];
  expect([judged(2, []), judged(2, [rolledBack(1)])]).toEqual([lost, lost]);
});
