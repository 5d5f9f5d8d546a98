/**
 * B13: work is pushed to sessions with a standing wish for it, once, over connections that come and go.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LiveClient } from '../../src/client/live-client.ts';
import type { PushedWork } from '../../src/client/standing-wishes.ts';
import { Collected, LiveBed } from './live-bed.ts';

let bed: LiveBed;

beforeEach(async () => {
  bed = await LiveBed.start();
});

afterEach(async () => {
  await bed.close();
});

describe('B13: assignments are pushed', () => {
  test('B13: a standing wish for work pushes each assignment once, with its context, and counts as demand', async () => {
    const client = bed.connect();
    await client.call('session.register', { session_id: 'a', capabilities: ['build'], max_concurrent_tasks: 3 });
    const work = new Collected<PushedWork>();
    client.wantWork('a', work.add);
    const add = (id: string, more: object = {}): Promise<unknown> =>
      client.call('work.add', { id, type: 'build', title: id, required_capability: 'build', ...more });
    await add('first');
    await work.until((all) => all.length === 1);
    await client.call('work.complete', { session_id: 'a', task_id: 'first', status: 'completed', result: 'done' });
    await Promise.all([add('second', { dependencies: ['first'] }), add('third'), add('fourth'), add('fifth')]);
    await work.until((all) => all.length === 4);
    const [, second] = work.all;
    expect(second?.task?.context.dependencies).toEqual([{ id: 'first', status: 'completed', result: 'done' }]);
    expect(work.all.map((each) => each.task?.id)).toEqual(['first', 'second', 'third', 'fourth']);
    bed.wire.cut();
    await client.call('work.complete', { session_id: 'a', task_id: 'third', status: 'completed' });
    await work.until((all) => all.length === 5);
    const leases = work.all.map((each) => each.assignment?.lease);
    expect(new Set(leases).size).toBe(5);
    expect(work.all.at(-1)?.task?.id).toBe('fifth');
  });

  test('B13: demand ends with the connection, and with the wish', async () => {
    const client = bed.connect();
    await client.call('session.register', { session_id: 'a', capabilities: [] });
    const work = new Collected<PushedWork>();
    const stop = client.wantWork('a', work.add);
    await client.call('work.add', { id: 't1', type: 'build', title: 'x' });
    await work.until((all) => all.length === 1);
    stop();
    await client.call('work.complete', { session_id: 'a', task_id: 't1', status: 'completed' });
    await client.call('work.add', { id: 't2', type: 'build', title: 'x' });
    expect((await client.call('task.show', { task_id: 't2' })).task.status).toBe('pending');
    const other = bed.connect();
    other.wantWork('a', work.add);
    await work.until((all) => all.length === 2);
    await client.call('work.complete', { session_id: 'a', task_id: 't2', status: 'completed' });
    other.close();
    while ((await client.call('task.show', { task_id: await addAnother(client) })).task.status !== 'pending')
      await client.call('work.complete', { session_id: 'a', task_id: work.all.at(-1)?.task?.id ?? '', status: 'completed' });
    expect(work.all).toHaveLength(2);
  });

  test('B13: a wish of an unknown session is refused, and answered once the session is known', async () => {
    const client = bed.connect();
    const work = new Collected<PushedWork>();
    const refusals = new Collected<string>();
    client.wantWork('a', work.add, (failure) => refusals.add(failure.code));
    await refusals.until((all) => all.length > 1);
    expect(new Set(refusals.all)).toEqual(new Set(['session_unknown']));
    await client.call('session.register', { session_id: 'a', capabilities: [] });
    await client.call('work.add', { id: 't', type: 'build', title: 'x' });
    await work.until((all) => all.length === 1);
  });

  test('B13: the wish of a replaced incarnation ends, and says so', async () => {
    let credential: string | null = null;
    const client = bed.connect({ credential: () => credential });
    credential = (await client.call('session.register', { session_id: 'a', capabilities: [] })).credential ?? null;
    const work = new Collected<PushedWork>();
    const refusals = new Collected<string>();
    client.wantWork('a', work.add, (failure) => refusals.add(failure.code));
    await client.call('swarm.status', {});
    await bed.server.request('/session/register', { body: { session_id: 'a', capabilities: [], wants_work: false } });
    await refusals.until((all) => all.length > 0);
    expect(refusals.all[0]).toBe('incarnation_stale');
    await bed.server.request('/work/add', { body: { id: 't', type: 'build', title: 'x' } });
    expect((await bed.server.request('/task/t')).body['task']).toMatchObject({ status: 'pending' });
    expect(work.all).toEqual([]);
  });
});

async function addAnother(client: LiveClient): Promise<string> {
  return (await client.call('work.add', { type: 'another', title: 'x' })).task_id;
}
