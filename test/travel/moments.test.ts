/** F5: every query at every moment says what it said then. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Moments } from '../../src/engine/moments.ts';
import { MemoryStorage, openMemoryJournal, openMemoryReader } from '../../src/journal/memory/memory-journal.ts';
import { inlineMoments } from '../../src/travel/inline-moments.ts';
import { ThreadMoments } from '../../src/travel/thread-moments.ts';
import { TestEngine } from '../engine/test-engine.ts';
import { engineOn, liveALittle, testFolder } from './sample-swarm.ts';

type Kind = 'thread' | 'inline';

async function swarm(kind: Kind): Promise<TestEngine> {
  const settings = { finished_in_memory: 3 };
  if (kind === 'thread') {
    const folder = testFolder();
    return engineOn(folder, { settings, moments: () => new ThreadMoments({ folder, swarm: 'test' }) });
  }
  const storage = new MemoryStorage('test');
  return TestEngine.open('memory', {
    settings,
    openJournal: async () => openMemoryJournal(storage),
    moments: () => inlineMoments('test', openMemoryReader(storage)),
  });
}

/** What every query says, apart from when sessions were last heard of, which is no state. */
async function said(engine: TestEngine, at?: number): Promise<unknown> {
  const moment = at === undefined ? {} : { at };
  const answers = {
    tasks: await engine.call('task.list', { ...moment, limit: 1000 }),
    sessions: await engine.call('session.list', { ...moment, ended: true }),
    status: await engine.call('swarm.status', moment),
    knowledge: await engine.call('knowledge.list', moment),
    found: await engine.call('knowledge.search', { ...moment, query: 'errors' }),
    messages: await engine.call('message.list', moment),
    locks: await engine.call('lock.list', moment),
    settings: await engine.call('config.get', moment),
    events: await engine.call('event.list', moment),
    history: await engine.call('task.show', { ...moment, task_id: 'job-0' }).catch((error: unknown) => String(error)),
  };
  return JSON.parse(JSON.stringify(answers), (key, value: unknown) =>
    /heartbeat|contact|last_activity|^time$|_at$/.test(key) ? null : value,
  ) as unknown;
}

describe.each(['thread', 'inline'] as const)('F5: moments, %s', (kind) => {
  test('each moment is shown as it was, forwards, backwards and again', async () => {
    const engine = await swarm(kind);
    const seen = new Map<number, unknown>();
    const look = async (): Promise<void> => {
      seen.set(engine.engine.feed.head, await said(engine));
    };
    await look();
    await liveALittle(engine, 6);
    await look();
    for (let index = 0; index < 8; index += 1) {
      const task_id = await engine.add({ id: `later-${index}` });
      await engine.call('work.claim', { session_id: 'eng-1', task_id });
      await engine.call('work.complete', { session_id: 'eng-1', task_id, status: 'completed' });
      await look();
    }
    await engine.call('knowledge.delete', { topic: 'api/errors' });
    await engine.call('config.apply', { settings: { offline_after: 99 } });
    await look();
    const moments = [...seen.keys()];
    for (const at of [...moments, ...moments.toReversed(), ...moments]) expect(await said(engine, at)).toEqual(seen.get(at));
  });

  test('a moment beyond the end, and one that is none, are refused', async () => {
    const engine = await swarm(kind);
    const { head } = engine.engine.feed;
    await expect(engine.call('swarm.status', { at: head + 1 })).rejects.toMatchObject({ code: 'moment_unknown' });
    await expect(engine.call('swarm.status', { at: 'soon' })).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await engine.call('task.list', { at: 0 })).toEqual({ tasks: [], next_cursor: null });
    await expect(engine.call('task.show', { at: 0, task_id: 'x' })).rejects.toMatchObject({ code: 'task_unknown' });
  });

  test('a caller that goes ends its question, and the next is answered', async () => {
    const engine = await swarm(kind);
    await liveALittle(engine, 4);
    const controller = new AbortController();
    const caller = { actor: 'test', credential: null, signal: controller.signal };
    const asked = engine.call('swarm.status', { at: 3 }, caller);
    controller.abort();
    if (kind === 'thread') await expect(asked).rejects.toMatchObject({ code: 'call_aborted' });
    else await asked.catch(() => undefined);
    expect((await engine.call('swarm.status', { at: 3 })).seq).toBe(3);
  });

  test('too many questions at once are told to wait', async () => {
    const engine = await swarm(kind);
    await liveALittle(engine, 4);
    const answers = await Promise.allSettled(Array.from({ length: 200 }, (_, index) => engine.call('swarm.status', { at: index % 9 })));
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'too_many_requests' });
    expect((await engine.call('swarm.status', { at: 2 })).seq).toBe(2);
  });
});

test('F5: the thread is there only while somebody asks', async () => {
  const folder = testFolder();
  const engine = await engineOn(folder);
  const moments = new ThreadMoments({ folder, swarm: 'test' }, 1);
  onTestFinished(() => moments.close());
  expect(moments.awake).toBe(false);
  await moments.ask({ query: 'swarm.status', input: {}, at: 0, now: engine.clock.now() });
  while (moments.awake) await nextTurn();
  expect(await moments.ask({ query: 'config.get', input: {}, at: 1, now: engine.clock.now() })).toHaveProperty('settings');
});

test('F5: a thread that cannot read the log says so, to everybody who waits', async () => {
  const moments: Moments = new ThreadMoments({ folder: '/nowhere', swarm: 'test' });
  onTestFinished(() => moments.close());
  const asked = [1, 2].map((at) => moments.ask({ query: 'swarm.status', input: {}, at, now: 0 }));
  await Promise.all(asked.map((each) => expect(each).rejects.toMatchObject({ code: 'moment_failed' })));
});

test('F5: an engine without a past answers about now only', async () => {
  const engine = await TestEngine.open('memory');
  await expect(engine.call('swarm.status', { at: 0 })).rejects.toMatchObject({ code: 'moment_failed' });
});
