/** How the demo ends when it cannot go on: it says why, nothing of it is left running, and the server is not harmed. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { palette } from '../../src/cli/output/terminal.ts';
import { createHttpClient } from '../../src/client/http-client.ts';
import type { DemoOptions } from '../../src/demo/demo-options.ts';
import { runDemo } from '../../src/demo/run-demo.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { makeSampleRepository } from './sample-repository.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

let folder = '';
let server: TestServer;
const before = process.env['TMPDIR'];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tutti-demo-end-'));
  process.env['TMPDIR'] = folder;
  server = await startTestServer({ swarms: ['default', 'demo'] });
});

afterEach(async () => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  await server.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 20 });
});

function options(given: Partial<DemoOptions>): DemoOptions {
  const quiet = { out: palette(false), columns: null, json: true, environment: process.env, signal: new AbortController().signal };
  const program = [process.execPath, '-e', ''] as const;
  return {
    url: server.url,
    token: server.tokenOf('admin'),
    swarm: 'demo',
    tutti: 'tutti',
    flags: '',
    repository: folder,
    program,
    ...quiet,
    ...given,
  };
}

describe('the demo that cannot go on', () => {
  test('says that a folder is no git repository, and makes nothing', async () => {
    const repository = join(folder, 'plain');
    await mkdir(repository);
    await expect(runDemo(options({ repository }))).rejects.toMatchObject({ code: 'repository_unusable' });
    expect(await readdir(folder)).toEqual(['plain']);
  });

  test('says why when every worker ends by itself', async () => {
    const repository = await makeSampleRepository(join(folder, 'sample'));
    const script = join(folder, 'broken.mjs');
    await writeFile(script, "console.error('Error: it is broken'); process.exitCode = 1;");
    const ending = runDemo(options({ repository, program: [process.execPath, script] }));
    await expect(ending).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('it is broken') });
  });

  test('an interrupted demo ends its workers, keeps its clone, and the next one cancels what it left', async () => {
    const repository = await makeSampleRepository(join(folder, 'sample'));
    const client = createHttpClient({ url: server.url, token: server.tokenOf('admin'), swarm: 'demo' });
    const tasksOf = async (suffix: string) =>
      (await client.call('task.list', {})).tasks.filter(({ id }) => id.endsWith('.2') === (suffix !== ''));
    const interrupt = async (suffix: string): Promise<void> => {
      const ending = new AbortController();
      const running = runDemo(options({ repository, program: [process.execPath, MAIN], signal: ending.signal }));
      await expect.poll(async () => (await tasksOf(suffix)).length, { timeout: 150_000 }).toBeGreaterThan(0);
      ending.abort();
      await expect(running).resolves.toBeUndefined();
      expect((await client.call('session.list', {})).sessions).toEqual([]);
    };
    await interrupt('');
    const [home = ''] = (await readdir(folder)).filter((name) => name.startsWith('tutti-demo-'));
    expect(existsSync(join(folder, home, 'repository', 'README.md'))).toBe(true);

    const left = (await tasksOf('')).filter(({ status }) => status !== 'completed').map(({ id }) => id);
    expect(left.length).toBeGreaterThan(0);
    await interrupt('.2');
    const cancelled = (await tasksOf('')).filter(({ status }) => status === 'cancelled').map(({ id }) => id);
    expect(cancelled).toEqual(left);
  }, 400_000);
});
