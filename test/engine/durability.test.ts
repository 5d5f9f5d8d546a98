/** Nothing is answered, read or published before it is durable; what is decided together is written together. */
import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../src/contract/event.ts';
import { decodeChunk } from '../../src/engine/event-codec.ts';
import type { Chunk } from '../../src/journal/journal.ts';
import { rest } from './manual-clock.ts';
import { BEGUN, JOURNALS, TestEngine, watch } from './test-engine.ts';

function typesIn(chunk: Chunk | undefined): string[] {
  return chunk === undefined ? [] : decodeChunk(chunk).map((event) => event.type);
}

describe.each(JOURNALS)('invariant 2 on the %s journal', (kind) => {
  test('no answer, read, refusal or event leaves before its log is durable', async () => {
    const swarm = await TestEngine.open(kind);
    const published: LogEvent[] = [];
    swarm.engine.feed.listen((events) => published.push(...events));
    swarm.gate.hold();
    const added = swarm.add();
    const read = swarm.call('swarm.status', {});
    const refused = swarm.call('task.retry', { task_id: 'build-001' }).catch((error: unknown) => error);
    const unknown = swarm.call('task.cancel', { task_id: 'none' }).catch((error: unknown) => error);
    const watched = [added, read, refused, unknown].map(watch);
    await rest();
    expect(swarm.gate.arrived).toHaveLength(1);
    expect(watched.map((each) => each.settled())).toEqual([false, false, false, false]);
    expect([published, swarm.engine.feed.head, await swarm.engine.feed.after(BEGUN, 10)]).toEqual([[], BEGUN, []]);
    swarm.gate.release();
    expect(await added).toBe('build-001');
    expect((await read).tasks.pending).toBe(1);
    expect(await refused).toMatchObject({ code: 'task_not_terminal' });
    expect(await unknown).toMatchObject({ code: 'task_unknown' });
    expect(published.map((event) => event.type)).toEqual(['task_added']);
  });

  test('what sees nothing new is answered without the disk', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.add();
    swarm.gate.hold();
    expect((await swarm.call('swarm.status', {})).tasks.total).toBe(1);
    await expect(swarm.call('task.cancel', { task_id: 'none' })).rejects.toMatchObject({ code: 'task_unknown' });
  });

  test('commands of one turn share a chunk, and are answered in the order of their events', async () => {
    const swarm = await TestEngine.open(kind);
    const answered: number[] = [];
    const calls = Array.from({ length: 50 }, async (_, place) => {
      await swarm.add({ id: `t${place}` });
      answered.push(place);
    });
    await Promise.all(calls);
    expect(swarm.gate.arrived.map((chunk) => [chunk.first_seq, chunk.last_seq])).toEqual([[BEGUN + 1, BEGUN + 50]]);
    expect(answered).toEqual(Array.from({ length: 50 }, (_, place) => place));
  });

  test('two chunks are on their way at most; the next one grows until one is durable', async () => {
    const swarm = await TestEngine.open(kind);
    swarm.gate.hold();
    const answered: number[] = [];
    const calls: Promise<unknown>[] = [];
    for (let place = 0; place < 6; place += 1) {
      calls.push(swarm.add().then(() => answered.push(place)));
      await rest();
    }
    expect(swarm.gate.arrived.map((chunk) => chunk.last_seq)).toEqual([BEGUN + 1, BEGUN + 2]);
    swarm.gate.release(1);
    await calls[0];
    await rest();
    expect(swarm.gate.arrived.map((chunk) => [chunk.first_seq, chunk.last_seq])).toEqual([
      [BEGUN + 1, BEGUN + 1],
      [BEGUN + 2, BEGUN + 2],
      [BEGUN + 3, BEGUN + 6],
    ]);
    expect(answered).toEqual([0]);
    swarm.gate.release();
    await Promise.all(calls);
    expect(answered).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('A13: an assignment lands in the same chunk as its cause', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1');
    const parked = swarm.engine.request(
      { name: 'work.request', input: { session_id: 's1' }, caller: { actor: 'test', credential: null } },
      (state) => (state.sessions.get('s1')?.held.length === 0 ? null : 'work'),
      { waitMs: 10_000 },
    );
    await rest();
    await swarm.add();
    expect(await parked).toBe('work');
    expect(typesIn(swarm.gate.arrived.at(-1))).toEqual(['task_added', 'task_assigned']);
    const first = swarm.call('session.register', { session_id: 's1', capabilities: [] });
    expect((await first).assigned_task?.id).toBe('build-001');
    expect(typesIn(swarm.gate.arrived.at(-1))).toEqual(['task_released', 'session_registered', 'task_assigned']);
  });

  test('a large request goes to the journal at once, and is one chunk', async () => {
    const swarm = await TestEngine.open(kind);
    const tasks = Array.from({ length: 5000 }, () => ({ type: 'build', title: 'x'.repeat(300) }));
    const added = swarm.call('work.add', { tasks });
    expect(swarm.gate.arrived).toHaveLength(1);
    expect((await added).task_ids).toHaveLength(5000);
    expect(swarm.gate.arrived.map((chunk) => chunk.last_seq)).toEqual([BEGUN + 5000]);
  });
});

describe('bounds', () => {
  test('when too many wait for the disk, more are refused, and taken again later', async () => {
    const swarm = await TestEngine.open('memory');
    swarm.gate.hold();
    const calls = [swarm.add()];
    for (let number = 1; number < 100_000; number += 1) calls.push(swarm.call('task.cancel', { task_id: 'none' }).catch(() => '') as never);
    await expect(swarm.add()).rejects.toMatchObject({ code: 'too_many_requests', retryable: true, params: { retry_after: 1 } });
    swarm.gate.release();
    await Promise.all(calls);
    expect(await swarm.add()).toBe('build-002');
  });
});
