/**
 * Real repositories for the tests of the worker.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './host-fixture.ts';

const run = promisify(execFile);
const IDENTITY = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false'];

/** A repository that a test made. */
export interface TestRepository {
  readonly folder: string;
  /** Runs git in it and returns what it printed. */
  readonly git: (...args: string[]) => Promise<string>;
  /** Commits files to the branch that is checked out. */
  readonly commit: (files: Readonly<Record<string, string>>) => Promise<string>;
}

/** A repository on `main`; without files it has no commit. */
export async function makeRepository(files: Readonly<Record<string, string>> | null = { 'README.md': 'hello\n' }): Promise<TestRepository> {
  const folder = await temporaryFolder();
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('git', [...IDENTITY, '-C', folder, ...args], { maxBuffer: 16 * 1024 * 1024 });
    return stdout.trim();
  };
  const commit = async (content: Readonly<Record<string, string>>): Promise<string> => {
    for (const [path, text] of Object.entries(content)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await git('add', '-A');
    await git('commit', '-q', '-m', 'change');
    return git('rev-parse', 'HEAD');
  };
  await git('init', '-q', '-b', 'main');
  if (files !== null) await commit(files);
  return { folder, git, commit };
}
