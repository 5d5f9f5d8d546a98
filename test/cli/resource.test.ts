/**
 * Resources and limits from the command line, against a real server.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { failureOf, Project } from './tutti.ts';

let project: Project;
let client: TuttiClient;

beforeAll(async () => {
  project = new Project();
  const { server } = await project.up('--journal', 'memory:');
  client = project.client(server);
  await client.call('session.register', { session_id: 'w1', capabilities: [], max_concurrent_tasks: 5, wants_work: false });
});

afterAll(() => project.remove());

async function tutti(...args: readonly string[]): Promise<string> {
  return (await project.succeed(args)).stdout;
}

test('tutti resource: set, list, show, remove; tutti why says who holds it', async () => {
  expect(await tutti('resource', 'set', 'gpu', '2', '-d', 'In the rack')).toMatch(
    /^gpu\n\nwhat +In the rack\ncapacity +2\nfree +2\nwaiting +0\n$/,
  );
  await tutti('resource', 'set', 'web', '--ports', '8100-8102');
  const task = (await tutti('task', 'add', '-t', 'Train', '--resource', 'gpu=2', '--resource', 'web')).trim();
  await client.call('work.claim', { session_id: 'w1', task_id: task });
  const other = (await tutti('task', 'add', '-t', 'Later', '--resource', 'gpu')).trim();
  expect(await tutti('resource', 'list')).toMatch(/^gpu +0\/2 +2 +1 +– +In the rack$/m);
  expect(await tutti('resource', 'show', 'web')).toMatch(new RegExp(`held by +${task} · ports 8100\n`));
  expect(await tutti('why', 'task', other)).toContain(`It asks for 1 of gpu; 0 of 2 are free. Held by ${task}.`);
  const refused = await project.run(['resource', 'remove', 'gpu']);
  expect([refused.code, failureOf(refused).code]).toEqual([6, 'resource_in_use']);
  for (const id of [task, other]) await tutti('task', 'cancel', id, '--yes');
  expect(await tutti('resource', 'remove', 'gpu')).toBe('gpu is removed.\n');
});

test('tutti limit: set, list, remove', async () => {
  expect(await tutti('limit', 'set', 'type:deploy', '--concurrency', '1', '--rate', '10/60')).toMatch(
    /^type:deploy +0\/1 +10 in 60 s +10 +0 +people$/m,
  );
  await tutti('task', 'add', '-t', 'x', '--concurrency', 'staging=2');
  expect(await tutti('limit', 'list')).toMatch(/^staging +0\/– +– +– +1 +its tasks$/m);
  expect(await tutti('limit', 'remove', 'type:deploy')).toBe('type:deploy is not limited any more.\n');
});
