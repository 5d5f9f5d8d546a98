/**
 * Tasks that have left memory: still shown, still refused under the right code, their completion still repeated.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { expectProblem } from './expect-problem.ts';
import { callsTo } from './operation-calls.ts';

let server: TestServer;
const { ask, register, add, claim, complete, show } = callsTo(() => server);

beforeEach(async () => {
  server = await startTestServer({ settings: { finished_in_memory: 0 } });
  await register('eng-1', { wants_work: false, max_concurrent_tasks: 5 });
  await add({ id: 'done', spec: 'the spec' });
  await add({ id: 'dropped' });
  await claim('eng-1', 'done');
  await complete({ session_id: 'eng-1', task_id: 'done', status: 'completed', result: { answer: 42 } });
  await ask('task.cancel', '/task/dropped/cancel', { method: 'POST' });
  // They leave by the thousand.
  const many = Array.from({ length: 1000 }, (_, index) => `filler-${index}`);
  for (const operation of ['work.add', 'task.cancel']) {
    const calls = many.map((id) => ({ operation, input: operation === 'work.add' ? { id, type: 'filler', title: 'x' } : { task_id: id } }));
    await server.request('/batch', { body: { calls } });
  }
  const { tasks } = await ask('task.list', '/task/list?limit=1000');
  if (tasks.some(({ id }) => id === 'done' || id === 'dropped')) throw new Error('they are still in memory');
});

afterEach(() => server.close());

test('one is shown with its result and its history', async () => {
  const { task, history } = await show('done');
  expect(task).toMatchObject({ id: 'done', status: 'completed', spec: 'the spec', result: { answer: 42 }, assigned_to: 'eng-1' });
  expect(history.map(({ action }) => action)).toEqual(['added', 'assigned', 'completed']);
});

test('its completion is repeated, and another one is refused', async () => {
  const { head } = server.engine.feed;
  expect(await complete({ session_id: 'eng-1', task_id: 'done', status: 'completed' })).toMatchObject({
    status: 'completed',
    repeated: true,
  });
  const other = { session_id: 'eng-1', task_id: 'done', status: 'failed' };
  expectProblem(await server.request('/work/complete', { body: other }), 'task_terminal');
  expect(server.engine.feed.head).toBe(head);
});

test('it cannot be claimed, reported on, cancelled or run again', async () => {
  const { head } = server.engine.feed;
  const on = { session_id: 'eng-1', task_id: 'done' };
  expectProblem(await server.request('/work/claim', { body: on }), 'task_terminal');
  expectProblem(await server.request('/work/update', { body: { ...on, progress: 1 } }), 'task_terminal');
  expectProblem(await server.request('/task/done/cancel', { method: 'POST' }), 'task_terminal');
  expectProblem(await server.request('/task/done/retry', { method: 'POST' }), 'task_terminal');
  expect(server.engine.feed.head).toBe(head);
});

test('one that was cancelled runs again, with its history; a change of many says what became of each', async () => {
  const many = { task_ids: ['dropped', 'done', 'filler-1', 'none'] };
  const told = [
    ['dropped', true, null],
    ['done', false, 'task_terminal'],
    ['filler-1', true, null],
    ['none', false, 'task_unknown'],
  ];
  for (const dry_run of [true, false]) {
    const { changed, results } = await ask('task.retry_many', '/task/retry', { body: { ...many, dry_run } });
    expect([changed, results.map(({ task_id, changed: was, code }) => [task_id, was, code])]).toEqual([2, told]);
  }
  const { task, history } = await show('dropped');
  expect([task.status, history.map(({ action }) => action)]).toEqual(['pending', ['added', 'cancelled', 'recalled']]);
  await claim('eng-1', 'dropped');
  await complete({ session_id: 'eng-1', task_id: 'dropped', status: 'completed' });
  expect((await ask('task.retry', '/task/filler-2/retry', { method: 'POST' })).status).toBe('pending');
});

test('it is added again harmlessly, and refused with other content', async () => {
  const { head } = server.engine.feed;
  expect(await add({ id: 'done', spec: 'the spec' })).toMatchObject({ task_id: 'done' });
  expectProblem(await server.request('/work/add', { body: { id: 'done', type: 'build', title: 'Other' } }), 'task_exists');
  expect(server.engine.feed.head).toBe(head);
});

test('it counts as done for what depends on it, and its result goes along', async () => {
  await add({ id: 'next', dependencies: ['done'] });
  const { task } = await ask('work.request', '/work/request?session_id=eng-1');
  expect(task).toMatchObject({ id: 'next', context: { dependencies: [{ id: 'done', status: 'completed', result: { answer: 42 } }] } });
});
