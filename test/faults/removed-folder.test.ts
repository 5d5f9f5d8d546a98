/**
 * The data folder is removed beneath a real server, as `git clean -fdx` does: its files can be written as before, and nothing
 * of them would be left when it ends.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Project } from '../cli/tutti.ts';

test('E3: a server whose folder is removed acknowledges nothing more, says so and ends', { timeout: 300_000 }, async () => {
  const project = new Project();
  onTestFinished(() => project.remove());
  const { running, server } = await project.up();
  const client = project.client(server);
  await client.call('work.add', { id: 'before', type: 'build', title: 'before' });
  // The witness may be written meanwhile.
  rmSync(project.data, { recursive: true, maxRetries: 20 });
  const added = client.call('work.add', { id: 'after', type: 'build', title: 'after' });
  await expect(added).rejects.toMatchObject({ code: 'journal_removed' });
  const { code, stderr } = await running.ended;
  const [told = '', ...rest] = stderr.trimEnd().split('\n');
  expect(code).toBe(1);
  expect(JSON.parse(told)).toMatchObject({ error: { code: 'journal_removed' } });
  expect(told).toContain(join(project.data, 'journal.db'));
  expect(rest.at(-1)).toBe('Stopped.');
  expect(existsSync(join(project.data, 'journal.db'))).toBe(false);
});
