/** `tutti start` where the demo cannot run, and where somebody has seen enough of it. Runs are ended and leave no process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeSampleRepository } from './sample-repository.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const PATIENCE_MS = 240_000;

let folder = '';
let child: ChildProcess | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tutti-start-test-'));
});

afterEach(async () => {
  if (child !== null && child.exitCode === null) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 20 });
});

interface Started {
  /** Everything it said so far. */
  readonly said: () => string;
  /** Resolves when it says this. */
  readonly until: (text: string) => Promise<void>;
  /** Sends SIGINT and resolves with the exit code. */
  readonly interrupt: () => Promise<number | null>;
}

function start(...flags: readonly string[]): Started {
  const args = [MAIN, 'start', '--port', '0', '--data', join(folder, 'data'), ...flags];
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: folder } });
  child = started;
  let said = '';
  const hear = (text: Buffer): void => {
    said += text.toString();
  };
  started.stdout.on('data', hear);
  started.stderr.on('data', hear);
  const exit = new Promise<number | null>((resolve) => {
    started.once('close', (code) => resolve(code));
  });
  return {
    said: () => said,
    until: (text) => expect.poll(() => said, { timeout: PATIENCE_MS / 2, interval: 50 }).toContain(text),
    interrupt: () => {
      started.kill('SIGINT');
      return exit;
    },
  };
}

describe('tutti start', () => {
  test(
    'only serves where there is no git repository, and says so',
    async () => {
      await mkdir(join(folder, 'plain'));
      const run = start('--repo', join(folder, 'plain'));
      await run.until('Ctrl-C stops it');
      expect(run.said()).toMatch(/The repository .*plain cannot be used: .*not a git repository/);
      expect(run.said()).toContain('The server goes on without it.');
      expect(run.said()).toContain('tutti worker --capabilities build,test');
      expect(await run.interrupt()).toBe(130);
    },
    PATIENCE_MS,
  );

  test(
    'writes plain lines where nobody looks, and ends with 130 and without orphans on Ctrl-C in the middle of the demo',
    async () => {
      const run = start('--repo', await makeSampleRepository(join(folder, 'sample')));
      await run.until('joined; it can');
      expect(run.said()).toContain('Short heartbeats for this demo');
      // eslint-disable-next-line eslint/no-control-regex -- colours and cursor movements are what must not be there
      expect(run.said()).not.toMatch(/\u001b/);
      expect(await run.interrupt()).toBe(130);
      expect(run.said()).not.toContain('tasks of');
      expect((await readdir(folder)).filter((name) => name.startsWith('tutti-demo-')).length).toBe(1);
    },
    PATIENCE_MS,
  );
});
