import { expect, test } from 'vitest';
import { checkWaits } from './check-waits.ts';
import { parseRepository, parseSource } from './source-file.ts';

/** All but the samples of this test. */
const TESTS = /^(?!test\/architecture\/waits)(src|test|web)\/.*\.test\.tsx?$/;

test('every test waits as long as a busy machine may take', () => {
  expect(checkWaits(parseRepository(TESTS))).toEqual([]);
});

test.each([
  ['await expect.poll(count, { timeout: 5000 }).toBe(1);', 'waits 5000 ms at most; a busy machine may take 45000'],
  ['const WAIT = { timeout: 10_000, interval: 50 };', 'waits 10_000 ms at most; a busy machine may take 45000'],
  ['await vi.waitFor(() => expect(count()).toBe(1));\n', 'waits a second at most; name a timeout'],
])('the check itself finds %s', (text, problem) => {
  expect(checkWaits([parseSource('test/a.test.ts', text)])).toEqual([`test/a.test.ts:1: ${problem}`]);
});

test.each([
  "test('a', { timeout: 10 * MINUTES }, run);",
  'await expect.poll(count).toBe(1);',
  'await expect.poll(count, { timeout: 90_000 }).toBe(1);',
  'await vi.waitFor(() => expect(count()).toBe(1), { timeout: 45_000 });\n',
  'await configure({ task_claim_timeout: 0.5 });',
])('the check itself finds nothing in %s', (text) => {
  expect(checkWaits([parseSource('test/a.test.ts', text)])).toEqual([]);
});
