/**
 * Rows B3–B5 over HTTP: the capability registry, what histories show, protocol rules that change while work goes on.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { callsTo } from './operation-calls.ts';
import { expectProblem } from './expect-problem.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const { add, ask, claim, complete, register } = callsTo(() => server);

describe('B3', () => {
  test('B3: the registry is listed, added to, shown and taken from; sessions are found by capability', async () => {
    const body = { capability: 'gpu', description: 'Has a GPU.', skills: ['cuda'], time_multiplier: 0.5 };
    expect((await ask('capability.define', '/capability/define', { body })).capability).toMatchObject({
      name: 'gpu',
      time_multiplier: 0.5,
    });
    await register('g1', { capabilities: ['gpu'] });
    await register('g2', { capabilities: ['build'] });
    const listed = await ask('capability.list', '/capability/list');
    expect(listed.capabilities.map(({ name }) => name)).toEqual(['build', 'architect', 'marketing', 'research', 'coordination', 'gpu']);
    expect((await ask('capability.list', '/api/capabilities')).capabilities).toEqual(listed.capabilities);
    expect((await ask('session.list', '/session/list?capability=gpu')).sessions.map(({ id }) => id)).toEqual(['g1']);
    expect((await ask('capability.show', '/capability/gpu')).sessions).toEqual(['g1']);
    await ask('capability.remove', '/capability/gpu/remove', { body: {} });
    expectProblem(await server.request('/capability/gpu'), 'capability_unknown');
  });

  test('B3: an unknown capability on add and register gets a helpful answer', async () => {
    const notes = [expect.stringContaining('Did you mean build?')];
    expect((await add({ required_capability: 'biuld' })).notes).toEqual(notes);
    expect((await register('g3', { capabilities: ['biuld'] })).notes).toEqual(notes);
    await ask('config.apply', '/config', { body: { settings: { unknown_capabilities: 'refuse' } } });
    const refused = await server.request('/work/add', { body: { type: 'x', title: 't', required_capability: 'bulid' } });
    expectProblem(refused, 'capability_unknown');
    expect(refused.body['detail']).toContain('Did you mean build?');
    await ask('config.apply', '/config', { body: { settings: { unknown_capabilities: 'allow' } } });
  });
});

test('B4: what a history shows is suggested, and granted by a person', async () => {
  await register('b1', { capabilities: [] });
  for (let count = 0; count < 4; count += 1) {
    const { task_id } = await add({ required_capability: null });
    await claim('b1', task_id);
    await complete({ session_id: 'b1', task_id, status: 'completed' });
  }
  expect((await ask('capability.detect', '/capability/detected?session_id=b1')).detected).toEqual([
    { session_id: 'b1', capability: 'build', completed: 4, failed: 0 },
  ]);
  const granted = await ask('capability.grant', '/capability/grant', { body: { session_id: 'b1', capability: 'build' } });
  expect(granted.capabilities).toEqual(['build']);
  expect((await ask('session.show', '/session/b1')).session.capabilities).toEqual(['build']);
});

test('B5: rules change while the server runs, are recorded, and mistakes are named', async () => {
  const changed = await ask('config.apply', '/config', { body: { settings: { max_concurrent_tasks: 3, idle_threshold: 30 } } });
  expect(changed.settings).toMatchObject({ max_concurrent_tasks: 3, idle_threshold: 30 });
  await register('r1');
  expect((await ask('session.show', '/session/r1')).session.max_concurrent_tasks).toBe(3);
  const { events } = await ask('event.list', '/event/list?type=config_applied&limit=1');
  expect(events[0]?.data).toEqual({ settings: { max_concurrent_tasks: 3, idle_threshold: 30 } });
  const wrong = await server.request('/config', { body: { settings: { heartbeat_interval: 0 } } });
  expectProblem(wrong, 'invalid_input');
  expect(wrong.body['detail']).toContain('settings.heartbeat_interval: must be more than 0');
});
