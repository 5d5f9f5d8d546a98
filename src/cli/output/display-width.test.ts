import { expect, test } from 'vitest';
import { cutTo, displayWidth, fillTo, wrapTo } from './display-width.ts';

test.each([
  ['', 0],
  ['abc', 3],
  ['Zürich', 6],
  ['e\u0301', 1],
  ['説明', 4],
  ['한국어', 6],
  ['🎉', 2],
  ['👩‍💻', 2],
  ['🇨🇭', 2],
  ['● idle', 6],
  ['◐ busy', 6],
  ['✕ offline', 9],
  ['a\u200d', 1],
])('%j takes %i columns', (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

test.each([
  ['short', 10, 'short'],
  ['exactly', 7, 'exactly'],
  ['much too long', 6, 'much…'],
  ['説明書を', 5, '説明…'],
  ['説明書を', 4, '説…'],
  ['abc', 0, ''],
  ['abc', 1, '…'],
])('%j in %i columns is %j', (text, columns, cut) => {
  expect(cutTo(text, columns)).toBe(cut);
  expect(displayWidth(cutTo(text, columns))).toBeLessThanOrEqual(columns);
});

test('text is filled up by what it takes, not by its length', () => {
  expect(fillTo('説明', 6)).toBe('説明  ');
  expect(fillTo('7', 3, true)).toBe('  7');
  expect(fillTo('long', 2)).toBe('long');
});

test('text is wrapped at blanks, and a long word stays whole', () => {
  expect(wrapTo('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapTo('incomprehensibilities a', 5)).toEqual(['incomprehensibilities', 'a']);
  expect(wrapTo('a\nb', 5)).toEqual(['a', 'b']);
});
