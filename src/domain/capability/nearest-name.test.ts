import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

const KNOWN = ['build', 'architect', 'marketing', 'research', 'coordination'];

test.each([
  ['bild', 'build'],
  ['Build', 'build'],
  ['architct', 'architect'],
  ['cordination', 'coordination'],
  ['reserch', 'research'],
  ['gpu', null],
  ['test', null],
  ['x', null],
  ['', null],
])('B3: %s was meant to be %s', (name, meant) => {
  expect(nearestName(name, KNOWN)).toBe(meant);
});
