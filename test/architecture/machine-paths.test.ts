import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { machinePaths, workRoutes } from './check-paths.ts';
import { repositoryFiles, ROOT } from './source-file.ts';

/** Formats whose bytes are no text of ours. */
const BINARY = /\.(png|jpg|ico|gif|woff2|db|sqlite|gz|tgz)$/;
/** This test names such paths to show that they are found. */
const ITSELF = 'test/architecture/machine-paths.test.ts';

function contentOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

test('no file names a path of the machine it was written on', () => {
  const routes = workRoutes(
    repositoryFiles(/^src\/contract\/operations\//)
      .map(contentOf)
      .join('\n'),
  );
  const files = repositoryFiles(/./).filter((path) => !BINARY.test(path) && path !== ITSELF);
  expect(files.flatMap((path) => machinePaths(contentOf(path), routes).map((found) => `${path}:${found}`))).toEqual([]);
});

describe('the check itself', () => {
  const routes = workRoutes("paths: [get('/work/request')], post('/work/add')");

  test.each([
    'cd /home/ada/tutti',
    "const folder = '/root';",
    '/root/.npmrc',
    '/work/main/src',
    'see (/work/shared)',
    'open /Users/ada',
    '"/tmp/team/x"',
  ])('finds one in %s', (text) => {
    expect(machinePaths(text, routes)).toHaveLength(1);
  });

  test.each([
    'GET /work/request?wait=3',
    "post('/work/add')",
    'https://example.org/home/page',
    './home/x',
    'src/root/a.ts',
    '${base}/root',
    '/homework',
    '/work',
  ])('finds none in %s', (text) => {
    expect(machinePaths(text, routes)).toEqual([]);
  });
});
