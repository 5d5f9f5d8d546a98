/**
 * The queue from the command line, against a real server, mostly with the real program: changes of many tasks, dead letters, pauses,
 * groups; each with wrong input, its exit code, its code and the next step.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { failureOf, Project } from './tutti.ts';
import type { Ran } from './ran.ts';

let project: Project;
let client: TuttiClient;

beforeAll(async () => {
  project = new Project();
  const { server } = await project.up('--journal', 'memory:');
  client = project.client(server);
  await client.call('session.register', { session_id: 'w1', capabilities: ['gpu'], max_concurrent_tasks: 9, wants_work: false });
});

afterAll(() => project.remove());

function tutti(...args: readonly string[]): Promise<Ran> {
  return project.succeed(args);
}

async function refused(...args: readonly string[]): Promise<{ exit: number | null; code: string; next: string }> {
  const ran = await project.runHere(args);
  expect(ran.stdout).toBe('');
  const { code, next } = failureOf(ran);
  return { exit: ran.code, code, next };
}

async function add(ids: readonly string[], more: object = {}): Promise<void> {
  await client.call('work.add', { tasks: ids.map((id) => ({ id, type: 'build', title: id, ...more })) });
}

async function fail(id: string): Promise<void> {
  await client.call('work.claim', { session_id: 'w1', task_id: id });
  await client.call('work.complete', { session_id: 'w1', task_id: id, status: 'failed', result: 'broken' });
}

test('A8 tutti task add: many from stdin, all or none; again under a key adds nothing', async () => {
  const plan = JSON.stringify([
    { type: 'plan', title: 'one' },
    { type: 'plan', title: 'two', dependencies: ['plan-001'] },
  ]);
  expect((await project.run(['task', 'add', '--file', '-'], { input: plan })).stdout).toBe('plan-001\nplan-002\n');
  const bad = await project.run(['task', 'add', '--file', '-'], { input: plan.replace('plan-001', 'nowhere') });
  expect([bad.code, failureOf(bad)]).toMatchObject([6, { code: 'dependency_unknown', next: expect.stringContaining('nowhere') }]);
  for (const title of ['keyed', 'keyed'])
    expect((await tutti('task', 'add', '-t', title, '--key', 'k', '--delay', '2h')).stdout).toBe('task-001\n');
  const delayed = (await client.call('task.show', { task_id: 'task-001' })).task;
  expect(Date.parse(delayed.not_before ?? '') - Date.parse(delayed.created_at)).toBe(7_200_000);
  expect(await refused('task', 'add', '-t', 'other', '--key', 'k')).toMatchObject({ exit: 6, code: 'idempotency_conflict' });
});

test('what is named like a path of the server is shown all the same', async () => {
  await add(['list', 'dead']);
  for (const id of ['list', 'dead']) expect((await tutti('task', 'show', id)).stdout).toContain(id);
  await client.call('resource.set', { resource: 'list', capacity: 3 });
  expect(await client.call('resource.show', { resource: 'list' })).toMatchObject({ resource: { capacity: 3 } });
  expect(await refused('session', 'show', 'list')).toMatchObject({ exit: 3, code: 'session_unknown' });
});

test('tutti task reprioritise, cancel, retry: many by a filter, first tried dry', async () => {
  await add(['m-1', 'm-2'], { labels: ['many'] });
  expect((await tutti('task', 'reprioritise', '--label', 'many', '-p', '9', '--dry-run')).stderr).toContain('It would');
  expect((await client.call('task.show', { task_id: 'm-1' })).task.priority).toBe(5);
  expect((await tutti('task', 'reprioritise', '--label', 'many', '-p', '9')).stdout).toBe('m-1\nm-2\n');
  expect((await client.call('task.show', { task_id: 'm-1' })).task.priority).toBe(9);
  expect((await tutti('task', 'cancel', '--label', 'many', '--yes')).stdout).toBe('m-1\nm-2\n');
  expect((await tutti('task', 'retry', '--label', 'many')).stdout).toBe('m-1\nm-2\n');
  const some = await project.run(['task', 'cancel', 'm-1', 'none', '--yes']);
  expect([some.code, some.stdout]).toEqual([3, 'm-1\n']);
  expect(some.stderr).toContain('There is no task none.');
  expect(await refused('task', 'cancel', 'm-2', '--label', 'many', '--yes')).toMatchObject({
    exit: 2,
    next: expect.stringContaining('--help'),
  });
  expect(await refused('task', 'reprioritise', 'm-1', '-p', '3')).toMatchObject({ exit: 6, code: 'task_terminal' });
});

test('tutti task dead, requeue: why each failed, and back into the queue', async () => {
  await add(['d-1', 'd-2']);
  for (const id of ['d-1', 'd-2']) await fail(id);
  expect((await tutti('task', 'dead')).stdout).toMatch(/^d-1 +reported +1 +w1 /m);
  expect((await tutti('task', 'requeue', 'd-1')).stdout).toBe('d-1\n');
  expect(await project.runHere(['task', 'requeue', 'none'])).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining('[task_unknown]'),
  });
  expect((await tutti('task', 'requeue', '--failed-for', 'reported')).stdout).toBe('d-2\n');
  expect((await tutti('task', 'dead')).stderr).toContain('No dead letters');
});

test('tutti pause, resume: the swarm, a capability, a session; why says so', async () => {
  await add(['p-1'], { required_capability: 'gpu' });
  const scopes = [[], ['--capability', 'gpu'], ['--session', 'w1']];
  for (const scope of scopes) await tutti('pause', ...scope, '--reason', 'release at noon');
  expect((await tutti('why', 'task', 'p-1')).stdout).toContain('release at noon');
  const { stdout } = await tutti('status');
  for (const scope of scopes) expect(stdout).toContain(`release at noon. → ${['tutti', 'resume', ...scope].join(' ')}\n`);
  for (const scope of scopes) await tutti('resume', ...scope);
  expect((await client.call('swarm.status', {})).paused).toEqual([]);
  expect((await tutti('resume')).stdout).toContain('Nothing is paused');
  expect(await refused('pause', '--session', 'nobody')).toMatchObject({ exit: 3, code: 'session_unknown' });
  expect(await refused('pause', 'gpu')).toMatchObject({ exit: 2, code: 'usage', next: expect.stringContaining('--help') });
});

test('tutti task group: open, then ended', async () => {
  await add(['g-1'], { group: 'release' });
  expect((await tutti('task', 'group', 'release')).stdout).toMatch(/^release +1 +0 +0 +0 +–/m);
  await tutti('task', 'cancel', 'g-1', '--yes');
  expect((await tutti('task', 'group', 'release')).stdout).toMatch(/^release +0 +0 +0 +1 /m);
  expect(await refused('task', 'group', 'none')).toMatchObject({
    exit: 3,
    code: 'group_unknown',
    next: expect.stringContaining('tutti task group'),
  });
});

test('wrong calls of schedule, resource, limit and capability: exit code, code and next step', async () => {
  const wrong: readonly (readonly [args: string, exit: number, code: string, next: string])[] = [
    ['schedule show none', 3, 'schedule_unknown', 'tutti schedule list'],
    ['schedule add x 61 -t x', 2, 'schedule_invalid', 'Five fields'],
    ['resource set web --ports 9000-8000', 2, 'resource_invalid', 'Correct it'],
    ['resource remove none', 3, 'resource_unknown', 'tutti resource list'],
    ['task add -t x --resource none=1', 3, 'resource_unknown', 'tutti resource set none'],
    ['limit set key', 2, 'limit_invalid', 'tutti limit set'],
    ['limit remove none', 3, 'limit_unknown', 'tutti limit list'],
    ['capability remove build', 6, 'capability_built_in', 'tutti capability define'],
    ['capability grant none gpu', 3, 'session_unknown', 'tutti session list'],
  ];
  for (const [args, exit, code, next] of wrong) {
    expect([args, await refused(...args.split(' '))]).toMatchObject([args, { exit, code, next: expect.stringContaining(next) }]);
  }
});
