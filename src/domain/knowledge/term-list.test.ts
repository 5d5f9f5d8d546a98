import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TermList } from './term-list.ts';

const term = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '日'), maxLength: 6 });

test('lists what begins alike as a sorted list would, whatever came and went', () => {
  fc.assert(
    fc.property(fc.uniqueArray(term, { maxLength: 40 }), fc.array(term, { maxLength: 80 }), term, (first, changes, start) => {
      const terms = new Set(first);
      const list = new TermList(first);
      for (const each of changes) {
        if (terms.delete(each)) list.delete(each);
        else list.add(terms.add(each) && each);
      }
      expect([...list.beginningWith(start)]).toEqual([...terms].filter((each) => each.startsWith(start)).toSorted());
    }),
  );
});

test('thousands of terms stay in order in their pieces', () => {
  const names = Array.from({ length: 3000 }, (_, each) => `t${(each * 7919) % 3000}`);
  const list = new TermList(names.slice(0, 1000));
  for (const name of names.slice(1000)) list.add(name);
  expect([...list.beginningWith('t')]).toEqual(names.toSorted());
  for (const name of names.slice(0, 2990)) list.delete(name);
  expect([...list.beginningWith('')]).toEqual(names.slice(2990).toSorted());
});
