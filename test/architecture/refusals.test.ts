import { expect, test } from 'vitest';
import { checkRefusals } from './check-refusals.ts';
import { parseRepository, parseSource } from './source-file.ts';

/** All but the samples of this test and those of test/setup, which fail as they should. */
const TESTS = /^(?!test\/architecture\/refusals|test\/setup\/fixtures)(src|test|web)\/.*\.tsx?$/;

test('every refusal that a test expects has somebody who takes it', () => {
  expect(checkRefusals(parseRepository(TESTS))).toEqual([]);
});

test.each([
  'const a = f(); await g(); await expect(a).rejects.toThrow();',
  'for (const a of [f(), g()]) await expect(a).rejects.toThrow();',
  'const a = f(); expect(await g()).toBe(1); await expect(a)\n.rejects.toThrow();',
])('the check itself finds a late one in %s', (text) => {
  expect(checkRefusals([parseSource('test/a.test.ts', text)])).toEqual(['test/a.test.ts:1: a may be refused before anybody looks at it']);
});

test.each([
  'await expect(f()).rejects.toThrow();',
  'await g(); const a = f(); end(); await expect(a).rejects.toThrow();',
  'const a = f().catch((error) => error); await g(); expect(await a).toMatchObject({});',
  'await Promise.all([f(), g()].map((each) => expect(each).rejects.toThrow()));',
])('the check itself finds nothing in %s', (text) => {
  expect(checkRefusals([parseSource('test/a.test.ts', text)])).toEqual([]);
});
