import { expect, test } from 'vitest';
import { createLineReader } from './json-lines.ts';

test('objects come whole however the text is cut, other lines as text', () => {
  const read = createLineReader();
  expect(read('{"a":')).toEqual([]);
  expect(read('1}\nplain\n\n{"b"')).toEqual([{ object: { a: 1 } }, { text: 'plain' }]);
  expect(read(':2}')).toEqual([]);
  expect(read(null)).toEqual([{ object: { b: 2 } }]);
  expect(read('{broken\n[1]\n')).toEqual([{ text: '{broken' }, { text: '[1]' }]);
});

test('a line without an end takes bounded memory, and what follows is read', () => {
  const read = createLineReader();
  const shown = read('x'.repeat(17 * 1024 * 1024));
  expect(shown).toHaveLength(1);
  expect(read('y'.repeat(1024 * 1024))).toEqual([]);
  expect(read('end\n{"a":1}\n')).toEqual([{ object: { a: 1 } }]);
});
