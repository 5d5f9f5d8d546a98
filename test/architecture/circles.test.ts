import { expect, test } from 'vitest';
import { checkCircles } from './check-circles.ts';
import { ALL_TYPESCRIPT, parseRepository, parseSource } from './source-file.ts';

test('no files import each other in a circle', () => {
  const files = parseRepository(ALL_TYPESCRIPT);
  expect(files.length).toBeGreaterThan(500);
  expect(checkCircles(files)).toEqual([]);
});

const source = (path: string, ...targets: readonly string[]): ReturnType<typeof parseSource> =>
  parseSource(path, targets.map((target) => `import type { A } from '${target}';`).join('\n'));

test('it names the shortest way round from each file that is in none yet, and lets a tree be', () => {
  const [a, b] = [source('src/x/a.ts', './b.ts', '../y/c.ts'), source('src/x/b.ts', '../y/c.ts')];
  expect(checkCircles([a, b, source('src/y/c.ts')])).toEqual([]);
  expect(checkCircles([a, b, source('src/y/c.ts', '../x/a.ts')])).toEqual([
    'src/x/a.ts -> src/y/c.ts -> src/x/a.ts',
    'src/x/b.ts -> src/y/c.ts -> src/x/a.ts -> src/x/b.ts',
  ]);
});
