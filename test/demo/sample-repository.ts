/**
 * A small repository for the demo to work on: some modules, a test, documents of which one has a broken link.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const FILES: Readonly<Record<string, string>> = {
  'README.md': '# Sample\n\nSee [the guide](docs/guide.md#steps), [a picture](missing.md) and [elsewhere](https://example.org).\n',
  'docs/guide.md': '# Guide\n\n## Steps\n\nBack to [the start](../README.md).\n',
  'src/a/one.ts': '/** One. */\nexport const one = 1;\nexport const bare = 2;\n',
  'src/b/two.ts': "import { one } from '../a/one.ts';\n/** Two. */\nexport function two(): number {\n  return one + 1;\n}\n",
  'src/b/two.test.ts': "import { expect, test } from 'vitest';\ntest('two', () => expect(2).toBe(2));\n",
};

/** Makes it in a folder and returns that folder. */
export async function makeSampleRepository(folder: string): Promise<string> {
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const git = (...words: readonly string[]): void => {
    execFileSync('git', ['-C', folder, '-c', 'user.name=Sample', '-c', 'user.email=sample@localhost', ...words], { stdio: 'pipe' });
  };
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message=Begin');
  return folder;
}
