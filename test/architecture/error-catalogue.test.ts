import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERRORS } from '../../src/contract/error-catalogue.ts';
import { undocumentedCodes, unraisedCodes } from './check-errors.ts';
import { parseRepository, parseSource, ROOT } from './source-file.ts';

const RAISING = /^(src\/(?!contract\/error).*(?<!\.test)\.ts|bin\/.*\.mjs)$/;
const TESTING = /^(src\/.*\.test\.ts|test\/(?!architecture\/).*\.ts)$/;
const codes = Object.keys(ERRORS);

test('every code of the catalogue is raised somewhere', () => {
  expect(unraisedCodes(codes, parseRepository(RAISING))).toEqual([]);
});

test('every code of the catalogue is tested somewhere', () => {
  expect(unraisedCodes(codes, parseRepository(TESTING))).toEqual([]);
});

test('every code of the catalogue is documented', () => {
  const file = join(ROOT, 'docs/reference/errors.md');
  expect(existsSync(file)).toBe(true);
  expect(undocumentedCodes(codes, readFileSync(file, 'utf8'))).toEqual([]);
});

describe('the checks themselves', () => {
  test('a code in a comment or inside another string is not raised', () => {
    const source = parseSource('src/a.ts', "// 'gone'\nthrow new Failure('there', { a: 'gone too' });\nconst x = `gone`;");
    expect(unraisedCodes(['there', 'gone'], [source])).toEqual(['gone']);
  });

  test('a code without a row is not documented', () => {
    expect(undocumentedCodes(['there', 'gone'], '| `there` | text |\ngone')).toEqual(['gone']);
  });
});
