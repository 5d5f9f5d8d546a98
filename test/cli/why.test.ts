/**
 * `tutti why` on a stuck board (F10): every kind of reason is told, and what a reason says would unblock the task does, when
 * it is typed as it stands there.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { Project } from './tutti.ts';

let project: Project;
let client: TuttiClient;

beforeAll(async () => {
  project = new Project();
  client = project.client((await project.up('--journal', 'memory:')).server);
  await client.call('config.apply', { settings: { breaker_failures: 1, breaker_pause: 3600 } });
  const sessions = [
    ['b1', 'build', 3],
    ['m1', 'marketing', 1],
    ['r1', 'research', 1],
  ] as const;
  for (const [session_id, capability, max_concurrent_tasks] of sessions)
    await client.call('session.register', { session_id, capabilities: [capability], max_concurrent_tasks, wants_work: false });
  await client.call('resource.set', { resource: 'gpu', capacity: 1 });
  await client.call('limit.set', { key: 'type:mail', rate: { count: 1, per_seconds: 3600 } });
  const build = { type: 'x', title: 'x', required_capability: 'build' };
  const mail = { type: 'mail', title: 'x', required_capability: 'marketing' };
  const research = { type: 'survey', title: 'x', required_capability: 'research' };
  const tasks = [
    { ...build, id: 'broken' },
    { ...build, id: 'after-broken', dependencies: ['broken'] },
    { ...build, id: 'after', dependencies: ['asked'] },
    { ...build, id: 'asked' },
    { ...build, id: 'alien', required_capability: 'quantum' },
    { ...build, id: 'has-gpu', resources: { gpu: 1 } },
    { ...build, id: 'wants-gpu', resources: { gpu: 1 } },
    { ...build, id: 'deploys', concurrency: { key: 'main', limit: 1 } },
    { ...build, id: 'would-deploy', concurrency: { key: 'main', limit: 1 } },
    { ...build, id: 'later', delay: 7200 },
    { ...build, id: 'plain' },
    { ...mail, id: 'mail-1' },
    { ...mail, id: 'mail-2' },
    { ...research, id: 'survey-1' },
    { ...research, id: 'survey-2' },
  ];
  await client.call('work.add', { tasks });
  const end = async (session_id: string, task_id: string, status: 'completed' | 'failed'): Promise<void> => {
    await client.call('work.claim', { session_id, task_id });
    await client.call('work.complete', { session_id, task_id, status });
  };
  await end('r1', 'survey-1', 'failed');
  await client.call('config.apply', { settings: { breaker_failures: 1000 } });
  await end('b1', 'broken', 'failed');
  await end('m1', 'mail-1', 'completed');
  await client.call('decision.ask', { question: 'Which port?', task_id: 'asked' });
  for (const task_id of ['has-gpu', 'deploys']) await client.call('work.claim', { session_id: 'b1', task_id });
});
afterAll(() => project.remove());

/** What comes first of the reasons of a task, and what it says to do. */
async function first(task_id: string): Promise<{ readonly code: string; readonly unblock: string }> {
  const { reasons } = await client.call('explain.task', { task_id });
  expect(reasons.every(({ text, unblock }) => text !== '' && unblock !== '')).toBe(true);
  const [{ code, unblock } = { code: 'none', unblock: '' }] = reasons;
  return { code, unblock };
}

/** Runs the command that a reason names. */
async function doIt(unblock: string, answer = ''): Promise<void> {
  const [, command = ''] = /tutti (.+)$/.exec(unblock) ?? [];
  await project.succeed(command.replace('<answer>', answer).split(' '));
}

test('F10: tutti why names what blocks every task of a stuck board', async () => {
  const codes: Record<string, string> = {};
  const tasks = ['after', 'asked', 'after-broken', 'alien', 'wants-gpu', 'would-deploy', 'mail-2', 'later', 'plain', 'survey-2'];
  for (const task of tasks) codes[task] = (await first(task)).code;
  expect(codes).toEqual({
    after: 'dependency',
    asked: 'waiting_for_person',
    'after-broken': 'dependency_failed',
    alien: 'no_capable_session',
    'wants-gpu': 'resource_busy',
    'would-deploy': 'limit_reached',
    'mail-2': 'rate_limited',
    later: 'delayed',
    plain: 'ready',
    'survey-2': 'breaker_open',
  });
  const { stdout } = await project.succeed(['why', 'task', 'after-broken']);
  expect(stdout).toMatch(
    /^after-broken {2}It waits until these are retried and complete: broken \(failed\)\.\n\n1\. .*\n {3}Retry them: tutti task retry broken\n/,
  );
  expect((await project.succeed(['why', 'task', 'broken'])).stdout).toContain('To try it again: tutti task requeue broken');
  expect((await project.succeed(['why', 'session', 'r1'])).stdout).toMatch(/1\. It failed again and again, and gets nothing until .*Z\.\n/);
  expect(JSON.parse((await project.succeed(['why', 'session', 'b1', '--json'])).stdout)).toMatchObject({
    reasons: [{ code: 'not_asking' }],
    assignments: [{ task_id: 'has-gpu' }, { task_id: 'deploys' }],
  });
});

test('F10: doing what a reason says lets the task go on', async () => {
  const steps = [
    ['asked', 'waiting_for_person', 'ready'],
    ['after-broken', 'dependency_failed', 'dependency'],
    ['wants-gpu', 'resource_busy', 'ready'],
  ] as const;
  for (const [task, before, after] of steps) {
    const { code, unblock } = await first(task);
    expect([task, code]).toEqual([task, before]);
    await doIt(unblock, '8080');
    expect([task, (await first(task)).code]).toEqual([task, after]);
  }
  for (const where of [{}, { capability: 'build' }, { session: 'b1' }]) {
    await client.call('swarm.pause', where);
    const { code, unblock } = await first('plain');
    expect([where, code]).toEqual([where, 'paused']);
    await doIt(unblock);
    expect([where, (await first('plain')).code]).toEqual([where, 'ready']);
  }
});
