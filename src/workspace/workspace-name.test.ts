import { execFileSync } from 'node:child_process';
import { assert, oneof, property, string, stringMatching } from 'fast-check';
import { expect, test } from 'vitest';
import { branchName, folderName, parkedRef, safeName } from './workspace-name.ts';

test('a plain id stays as it is', () => {
  expect(branchName('build-001', 2)).toBe('tutti/build-001/2');
  expect(folderName('build-001', 2)).toBe('build-001-2');
  expect([parkedRef('build-001', 2, 1), parkedRef('build-001', 2, 3)]).toEqual([
    'refs/tutti/parked/build-001/2',
    'refs/tutti/parked/build-001/2-3',
  ]);
});

test.each([
  '-rf',
  '..',
  '.',
  '',
  '@',
  'a..b',
  'a.lock',
  'a.',
  'HEAD',
  'a b',
  'a/b',
  'a\nb',
  'a\0b',
  '日本',
  'a'.repeat(5_000),
  'a~1',
  'a:b',
  'a@{1}',
  '+',
  'x+y',
])('the unusual id %j gives a valid name', (id) => {
  expect(safeName(id)).toMatch(/^[a-z0-9-]*\+[0-9a-f]{16}$/);
  expect(safeName(id).length).toBeLessThan(100);
  expect(() => execFileSync('git', ['check-ref-format', `refs/heads/${branchName(id, 1)}`])).not.toThrow();
  expect(() => execFileSync('git', ['check-ref-format', parkedRef(id, 1, 2)])).not.toThrow();
});

test('different ids give different names, with every case of letters', () => {
  const ids = oneof(string(), stringMatching(/^[a-zA-Z0-9._+-]{1,12}$/));
  assert(
    property(ids, ids, (one, other) => {
      expect(safeName(one).toLowerCase() === safeName(other).toLowerCase()).toBe(one === other);
    }),
  );
  expect(safeName('Build-1')).not.toBe(safeName('build-1'));
  expect(safeName(safeName('a b'))).not.toBe(safeName('a b'));
});
