/**
 * The capability registry and the protocol rules from the command line, against a real server (B3–B5).
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf, Project } from './tutti.ts';
import type { Ran } from './ran.ts';

let project: Project;

beforeAll(async () => {
  project = new Project();
  const { server } = await project.up('--journal', 'memory:');
  const client = project.client(server);
  await client.call('session.register', { session_id: 'w1', capabilities: [], wants_work: false });
  for (let count = 0; count < 4; count += 1) {
    const { task_id } = await client.call('work.add', { type: 'build', title: 't' });
    await client.call('work.claim', { session_id: 'w1', task_id });
    await client.call('work.complete', { session_id: 'w1', task_id, status: 'completed' });
  }
});

afterAll(() => project.remove());

function tutti(...args: readonly string[]): Promise<Ran> {
  return project.succeed(args);
}

test('B3 tutti capability: list, define, show, remove', async () => {
  expect((await tutti('capability', 'list')).stdout).toMatch(/^architect +0 +× 0\.5 +system-design, planning, documentation/m);
  const flags = ['-d', 'Reads contracts', '--skills', 'law,tax', '--detect-types', 'contract', '--detect-more-than', '5'];
  expect((await tutti('capability', 'define', 'legal', ...flags)).stdout).toBe('legal is defined.\n');
  const shown = (await tutti('capability', 'show', 'legal')).stdout;
  expect(shown).toMatch(/skills +law, tax\n/);
  expect(shown).toMatch(/detected +once more than 5 tasks of type contract completed, of those that ended at least 50 %\n/);
  expect((await tutti('capability', 'remove', 'legal')).stdout).toBe('legal is removed.\n');
  const gone = await project.run(['capability', 'show', 'legal']);
  expect([gone.code, failureOf(gone)]).toEqual([3, expect.objectContaining({ code: 'capability_unknown' })]);
});

test('B3 tutti task add says what was probably meant', async () => {
  expect((await tutti('task', 'add', '--title', 'x', '--capability', 'bild')).stderr).toContain('Did you mean build?');
});

test('B4 tutti capability detect, grant', async () => {
  const detected = await tutti('capability', 'detect');
  expect(detected.stdout).toMatch(/^w1 +build +4 +0$/m);
  expect(detected.stderr).toContain('tutti capability grant w1 build');
  expect((await tutti('capability', 'grant', 'w1', 'build')).stdout).toBe('w1 can build.\n');
  expect((await tutti('capability', 'detect')).stderr).toContain('Nothing');
});

test('B5 tutti config get and set: a rule of the running server', async () => {
  expect((await tutti('config', 'get', 'offline_after')).stdout).toBe('3600\n');
  const set = await tutti('config', 'set', 'offline_after', '30');
  expect(set.stdout).toMatch(/^offline_after +30$/m);
  expect(set.stderr).toContain('set heartbeat_interval to a third');
  expect(JSON.parse((await tutti('config', 'get', 'offline_after', '--json')).stdout)).toEqual({
    values: [{ key: 'offline_after', value: 30 }],
  });
  const wrong = await project.run(['config', 'set', 'max_concurrent_tasks', '0']);
  expect([wrong.code, failureOf(wrong).why]).toEqual([2, expect.stringContaining('settings.max_concurrent_tasks: must be at least 1')]);
});
