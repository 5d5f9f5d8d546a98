/** Hunks become rows with both sides. */
import { expect, test } from 'vitest';
import { patchRows } from './patch-rows.ts';

test('C12: removed lines stand beside those that replace them, with the numbers of their files', () => {
  const rows = patchRows('@@ -3,4 +3,5 @@ function a() {\n same\n-old\n+new\n+more\n end\n\\ No newline at end of file\n');
  expect(rows).toEqual([
    { kind: 'hunk', text: '@@ -3,4 +3,5 @@ function a() {' },
    { kind: 'same', left: { number: 3, text: 'same' }, right: { number: 3, text: 'same' } },
    { kind: 'changed', left: { number: 4, text: 'old' }, right: { number: 4, text: 'new' } },
    { kind: 'changed', left: null, right: { number: 5, text: 'more' } },
    { kind: 'same', left: { number: 5, text: 'end' }, right: { number: 6, text: 'end' } },
  ]);
});

test('C12: what is no hunk draws nothing', () => {
  expect(patchRows('')).toEqual([]);
});
