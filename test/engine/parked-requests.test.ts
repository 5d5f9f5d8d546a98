/** Requests that wait for work (A4): what ends the waiting, and who gets what. */
import { describe, expect, test } from 'vitest';
import { rest } from './manual-clock.ts';
import { JOURNALS, TestEngine, watch } from './test-engine.ts';

function ask(swarm: TestEngine, session_id: string, signal?: AbortSignal): Promise<string | null> {
  const caller = { actor: 'test', credential: null, ...(signal === undefined ? {} : { signal }) };
  return swarm.call('work.request', { session_id, wait: 60 }, caller).then((answer) => answer.task?.id ?? null);
}

describe.each(JOURNALS)('A4 on the %s journal', (kind) => {
  test('A4: a waiting request is answered when work comes', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1');
    const waiting = ask(swarm, 's1');
    await swarm.add();
    expect(await waiting).toBe('build-001');
  });

  test('A4: it is answered when work becomes ready: a dependency, a retry, a return to the queue', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1');
    await swarm.register('s2');
    const first = await swarm.add();
    const second = await swarm.add({ dependencies: [first] });
    await swarm.call('work.claim', { session_id: 's2', task_id: first });
    const waiting = ask(swarm, 's1');
    await swarm.call('work.complete', { session_id: 's2', task_id: first, status: 'completed' });
    expect(await waiting).toBe(second);
    const again = ask(swarm, 's2');
    await swarm.call('session.deregister', { session_id: 's1' });
    expect(await again).toBe(second);
  });

  test('A4: an outstanding assignment is repeated at once', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1');
    await swarm.add();
    expect([await ask(swarm, 's1'), await ask(swarm, 's1')]).toEqual(['build-001', 'build-001']);
    expect((await swarm.types()).filter((type) => type === 'task_assigned')).toHaveLength(1);
  });

  test.each([3, 12])('R12: %i tasks at once keep as many waiting sessions busy, each with another one', async (count) => {
    const swarm = await TestEngine.open(kind);
    const sessions = Array.from({ length: count }, (_, place) => `s${place}`);
    await Promise.all(sessions.map((session) => swarm.register(session)));
    const waiting = sessions.map((session) => ask(swarm, session));
    await rest();
    await Promise.all(sessions.map(() => swarm.add()));
    const given = await Promise.all(waiting);
    expect(new Set(given).size).toBe(count);
    const status = await swarm.call('swarm.status', {});
    expect(status.sessions).toMatchObject({ busy: count, idle: 0 });
    expect(status.tasks).toMatchObject({ assigned: count, pending: 0 });
  });

  test('R12: sessions with several slots fill them all', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1', 3);
    await swarm.register('s2', 1);
    const waiting = [ask(swarm, 's1'), ask(swarm, 's2')];
    await rest();
    await swarm.call('work.add', { tasks: Array.from({ length: 6 }, () => ({ type: 'build', title: 't' })) });
    await Promise.all(waiting);
    // A waiting request gets one task; the next request fills what is free.
    await ask(swarm, 's1');
    expect((await swarm.call('session.show', { session_id: 's2' })).session.tasks).toHaveLength(1);
    expect((await swarm.call('session.show', { session_id: 's1' })).session.tasks).toHaveLength(3);
  });

  test('A4: registering again ends the waiting of the earlier incarnation', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1');
    const waiting = ask(swarm, 's1');
    await rest();
    await Promise.all([expect(waiting).rejects.toMatchObject({ code: 'incarnation_stale' }), swarm.register('s1')]);
  });

  test('A4: leaving, and closing the server, end the waiting without work', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1');
    await swarm.register('s2');
    const leaving = ask(swarm, 's1');
    const staying = ask(swarm, 's2');
    await rest();
    await swarm.call('session.deregister', { session_id: 's1' });
    expect(await leaving).toBeNull();
    await swarm.close();
    expect(await staying).toBeNull();
  });

  test('A4: a request that cannot be answered because the log failed says so', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1');
    const waiting = ask(swarm, 's1');
    await rest();
    swarm.gate.fault = 'lost';
    const added = swarm.add();
    await Promise.all([waiting, added].map((each) => expect(each).rejects.toMatchObject({ code: 'journal_failed', retryable: true })));
  });

  test('A4: one whose own registration was lost as well leaves nothing unhandled', async () => {
    const swarm = await TestEngine.open(kind);
    swarm.gate.fault = 'lost';
    const registered = swarm.register('s1');
    const waiting = ask(swarm, 's1');
    const replaced = swarm.register('s1');
    const outcomes = await Promise.allSettled([registered, waiting, replaced]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected']);
    await rest();
  });
});

describe('how long a request waits', () => {
  test('A4: until its time is over, to the millisecond', async () => {
    const swarm = await TestEngine.open('memory');
    await swarm.register('s1');
    const waiting = ask(swarm, 's1');
    const { settled } = watch(waiting);
    await swarm.clock.advance(59_999);
    expect(settled()).toBe(false);
    await swarm.clock.advance(1);
    await rest();
    expect(settled()).toBe(true);
    expect(await waiting).toBeNull();
  });

  test('A4: until its caller has gone; then it gets no work, and the timer is gone', async () => {
    const swarm = await TestEngine.open('memory');
    await swarm.register('s1');
    await rest();
    const timers = swarm.clock.waiting;
    const abort = new AbortController();
    const waiting = ask(swarm, 's1', abort.signal);
    await rest();
    expect(swarm.clock.waiting).toBe(timers + 1);
    abort.abort();
    expect(await waiting).toBeNull();
    expect(swarm.clock.waiting).toBe(timers);
    await swarm.add();
    expect((await swarm.call('task.show', { task_id: 'build-001' })).task.status).toBe('pending');
  });

  test('A4: not at all when the caller has gone before', async () => {
    const swarm = await TestEngine.open('memory');
    await swarm.register('s1');
    expect(await ask(swarm, 's1', AbortSignal.abort())).toBeNull();
  });

  test('B13: a standing wish gets work as long as it lasts', async () => {
    const swarm = await TestEngine.open('memory');
    await swarm.register('s1', 2);
    const [end, endToo] = [swarm.engine.standFor('s1'), swarm.engine.standFor('s1')];
    await swarm.add();
    end();
    end();
    await swarm.add();
    endToo();
    expect((await swarm.call('session.show', { session_id: 's1' })).session.tasks).toEqual(['build-001', 'build-002']);
    await swarm.register('s1');
    await swarm.add();
    expect((await swarm.call('swarm.status', {})).tasks).toMatchObject({ assigned: 0, pending: 3 });
  });

  test.each([
    ['session.register', { capabilities: [] }, 'build-001'],
    ['session.register', { capabilities: [], wants_work: false }, undefined],
    ['session.heartbeat', { status: 'idle' }, 'build-001'],
    ['session.heartbeat', { status: 'idle', wants_work: false }, undefined],
    ['session.heartbeat', { status: 'busy' }, undefined],
  ] as const)('A1, A2: %s %j delivers %s', async (name, input, expected) => {
    const swarm = await TestEngine.open('memory');
    await swarm.register('s1');
    await swarm.add();
    const answer = await swarm.call(name, { session_id: 's1', ...input } as never);
    expect(answer.assignment?.task_id).toBe(expected);
  });
});
