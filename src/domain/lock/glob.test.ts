import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globCovers, globsIntersect, literalSegments } from './glob.ts';
import { PathIndex } from './path-index.ts';

/** Every path of up to four segments of one or two of these letters. */
const SEGMENTS = ['a', 'b', 'aa', 'ab', 'ba', 'bb'];
const PATHS = pathsOf(4);

function pathsOf(length: number): string[] {
  if (length === 0) return [];
  const shorter = pathsOf(length - 1);
  return [...SEGMENTS, ...SEGMENTS.flatMap((segment) => shorter.map((path) => `${segment}/${path}`))];
}

/** The glob as a regular expression, written down independently of the code under test. */
function expressionOf(glob: string): RegExp {
  const parts = glob.split('/').map((segment) => {
    if (segment === '**') return '(?:[^/]+/)*';
    return `${segment.replaceAll(/\*+/g, '[^/]*').replaceAll('?', '[^/]')}/`;
  });
  return new RegExp(`^${parts.join('')}$`);
}

function matching(glob: string): Set<string> {
  const expression = expressionOf(glob);
  return new Set(PATHS.filter((path) => expression.test(`${path}/`)));
}

const letter = fc.constantFrom('a', 'b', '*', '?');
const segment = fc.oneof(
  { weight: 4, arbitrary: fc.array(letter, { minLength: 1, maxLength: 2 }).map((letters) => letters.join('')) },
  { weight: 1, arbitrary: fc.constant('**') },
);
/**
 * Globs so short that two with a common path have one among PATHS: of two segments that meet, the shortest common text has
 * the characters that stand for themselves or for one, at most two where one has no `*`, and one of each where both have;
 * the same holds for segments.
 */
const glob = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));

describe('E9 globs', () => {
  test('conflict exactly when some path matches both (brute force)', () => {
    fc.assert(
      fc.property(glob, glob, (a, b) => {
        const [left, right] = [matching(a), matching(b)];
        expect(globsIntersect(a, b)).toBe([...left].some((path) => right.has(path)));
        expect(globsIntersect(a, b)).toBe(globsIntersect(b, a));
      }),
      { numRuns: 1000 },
    );
  });

  test('cover exactly the paths that match them (brute force)', () => {
    fc.assert(
      fc.property(glob, fc.constantFrom(...PATHS), (a, path) => {
        expect(globCovers(a, path)).toBe(expressionOf(a).test(`${path}/`));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['src/api/**', 'src/api/users.ts', true],
    ['src/api/**', 'src/api', true],
    ['src/api/**', 'src/apis/users.ts', false],
    ['src/*.ts', 'src/api/users.ts', false],
    ['**/*.test.ts', 'src/api/**', true],
    ['src/*/index.ts', 'src/api/*.ts', true],
    ['src/*.ts', 'src/*.js', false],
    ['a*b', 'ab*', true],
    ['a*c', 'a*d', false],
    ['docs/**', 'src/**', false],
    ['**', 'README.md', true],
    ['src/A.ts', 'src/a.ts', false],
    ['src/é?.ts', 'src/é😀.ts', true],
  ])('%s and %s: %s', (a, b, conflict) => {
    expect(globsIntersect(a, b)).toBe(conflict);
  });

  test('of hundreds of wildcards are compared without trying every way', () => {
    expect(globsIntersect(`${'*a'.repeat(120)}b`, `${'a*'.repeat(120)}c`)).toBe(false);
    expect(globsIntersect(`${'**/'.repeat(80)}a`, `${'**/'.repeat(80)}b`)).toBe(false);
  });
});

describe('the index of globs', () => {
  test('finds every glob that conflicts, whatever was added and removed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(glob, fc.boolean()), { maxLength: 12 }), glob, (steps, asked) => {
        const index = new PathIndex<string>();
        const kept = new Set<string>();
        for (const [each, stays] of steps) {
          index.add(each, each);
          kept.add(each);
          if (stays) continue;
          index.delete(each, each);
          kept.delete(each);
        }
        const found = [...index.near(asked)].filter((each) => globsIntersect(each, asked));
        expect(found.toSorted()).toEqual([...kept].filter((each) => globsIntersect(each, asked)).toSorted());
      }),
    );
  });

  test('goes by the segments that stand for themselves', () => {
    expect(literalSegments('src/api/*.ts')).toEqual(['src', 'api']);
    expect(literalSegments('src/api/a.ts')).toEqual(['src', 'api', 'a.ts']);
    expect(literalSegments('**')).toEqual([]);
  });
});
