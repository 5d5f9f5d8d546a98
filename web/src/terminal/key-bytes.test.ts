/** What keys send. */
import { expect, test } from 'vitest';
import { keyBytes } from './key-bytes.ts';

const press = (key: string, held: Partial<Parameters<typeof keyBytes>[0]> = {}): string | null =>
  keyBytes({ key, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...held });

test.each([
  ['Enter', {}, '\r'],
  ['ArrowUp', {}, '\u001b[A'],
  ['Tab', { shiftKey: true }, '\u001b[Z'],
  ['c', { ctrlKey: true }, '\u0003'],
  ['[', { ctrlKey: true }, '\u001b'],
  ['b', { altKey: true }, '\u001bb'],
] as const)('C12: %s %o sends what a terminal sends', (key, held, bytes) => {
  expect(press(key, held)).toBe(bytes);
});

test.each([
  ['a', {}],
  ['é', {}],
  ['c', { metaKey: true }],
  ['Shift', { shiftKey: true }],
  ['@', { ctrlKey: true, altKey: true }],
] as const)('C12: %s %o is text, or not for the terminal', (key, held) => {
  expect(press(key, held)).toBeNull();
});
