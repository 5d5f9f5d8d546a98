import { describe, expect, test } from 'vitest';
import { checkImports, checkWebImports } from './check-imports.ts';
import { parseRepository, parseSource, PRODUCT, repositoryFiles, WEB } from './source-file.ts';

test('every import of src is in the may-import table', () => {
  expect(checkImports(parseRepository(PRODUCT), new Set(repositoryFiles(/./)))).toEqual([]);
});

test('the dashboard imports the contract, the client and what puts things in words, nothing else of src', () => {
  const files = parseRepository(WEB);
  expect(files.length).toBeGreaterThan(20);
  expect(checkWebImports(files, new Set(repositoryFiles(/./)))).toEqual([]);
});

test.each([`import { a } from '../../../src/domain/state.ts';`, `import { a } from 'node:fs';`, `import { a } from './absent.ts';`])(
  'in the dashboard it refuses %s',
  (text) => {
    const known = new Set(['src/domain/state.ts', 'web/src/app/a.tsx']);
    expect(checkWebImports([parseSource('web/src/app/a.tsx', text)], known)).toHaveLength(1);
  },
);

describe('the check itself', () => {
  const known = new Set([
    'src/contract/ids.ts',
    'src/domain/task/state.ts',
    'src/engine/engine.ts',
    'src/journal/journal.ts',
    'src/journal/sqlite/driver.ts',
    'src/views/board.ts',
    'src/domain/task/state.test.ts',
    'test/setup/leaks.ts',
    'package.json',
  ]);
  const problems = (path: string, text: string): string[] => checkImports([parseSource(path, text)], known);

  test.each([
    ['src/engine/a.ts', `import type { Task } from '../domain/task/state.ts';`],
    ['src/engine/a.ts', `import { open } from '../journal/journal.ts';`],
    ['src/domain/a.ts', `import type { Id } from '../contract/ids.ts';`],
    ['src/domain/a.ts', `import { type Id } from '../contract/ids.ts';`],
    ['src/views/a.ts', `import { id } from '../contract/ids.ts';`],
    ['src/journal/redis/layout.ts', `import { board } from '../../views/board.ts';`],
    ['src/contract/a.ts', `import { z } from 'zod';`],
    ['src/server/a.ts', `import { readFileSync } from 'node:fs';\nimport packageFile from '../../package.json' with { type: 'json' };`],
    ['src/main.ts', `import { open } from './journal/sqlite/driver.ts';`],
  ])('allows %s: %s', (path, text) => {
    expect(problems(path, text)).toEqual([]);
  });

  test.each([
    ['src/domain/a.ts', `import { id } from '../contract/ids.ts';`, 'domain may not import src/contract/ids.ts but for its types'],
    ['src/domain/a.ts', `import { id, type Id } from '../contract/ids.ts';`, 'but for its types'],
    ['src/domain/a.ts', `import { run } from '../engine/engine.ts';`, 'domain may not import src/engine/engine.ts'],
    ['src/domain/a.ts', `import type { Run } from '../engine/engine.ts';`, 'domain may not import src/engine/engine.ts'],
    ['src/engine/a.ts', `import { open } from '../journal/sqlite/driver.ts';`, 'engine may not import src/journal/sqlite/driver.ts'],
    ['src/journal/sqlite/a.ts', `import { board } from '../../views/board.ts';`, 'journal may not import src/views/board.ts'],
    ['src/runners/a.ts', `const x = await import('../engine/engine.ts');`, 'runners may not import src/engine/engine.ts'],
    ['src/runners/a.ts', `new Worker(new URL('../engine/engine.ts', import.meta.url));`, 'runners may not import src/engine/engine.ts'],
    ['src/runners/a.ts', `export { run } from '../engine/engine.ts';`, 'runners may not import src/engine/engine.ts'],
    ['src/runners/a.ts', `export * from '../engine/engine.ts';`, 'runners may not import src/engine/engine.ts'],
    ['src/runners/a.ts', `export type { Run } from '../engine/engine.ts';`, 'runners may not import src/engine/engine.ts'],
    ['src/cli/a.ts', `const x = await import(name);`, 'not a plain string'],
    ['src/views/a.ts', `import { readFileSync } from 'node:fs';`, 'views may not import node:fs'],
    ['src/scheduling/a.ts', `import { z } from 'zod';`, 'scheduling may not import the package zod'],
    ['src/contract/a.ts', `import x from '@fastify/cors/y';`, 'contract may not import the package @fastify/cors'],
    ['src/engine/a.ts', `import { x } from './absent.ts';`, 'does not exist'],
    ['src/engine/a.ts', `import { x } from './engine';`, 'does not exist'],
    ['src/engine/a.ts', `import { x } from '../../test/setup/leaks.ts';`, 'not part of the product'],
    ['src/domain/a.ts', `import { x } from './task/state.test.ts';`, 'imports the test'],
    ['src/other/a.ts', ``, 'the folder other has no row'],
    ['src/stray.ts', ``, 'lie directly in src'],
  ])('refuses %s: %s', (path, text, problem) => {
    expect(problems(path, text).join('\n')).toContain(problem);
  });
});
