/** E3: a state and its image are the same, whatever it holds. */
import { assert, jsonValue, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WordIndex } from '../../src/domain/knowledge/word-index.ts';
import { PathIndex } from '../../src/domain/lock/path-index.ts';
import { fromImage, imageOf } from '../../src/engine/checkpoint/state-image.ts';

function again<T>(value: T): T {
  return fromImage([...imageOf(value).texts]) as T;
}

describe('E3: images of states', () => {
  test('plain values of every kind come back', () => {
    const values = {
      a: 1,
      b: -0,
      c: Infinity,
      d: -Infinity,
      e: Number.NaN,
      f: undefined,
      g: null,
      h: 'é\u2028\ud800',
      i: [undefined, [], {}],
      j: true,
    };
    expect(again(values)).toStrictEqual(values);
  });

  test('maps, sets and long lists keep their order, also over several records', () => {
    const map = new Map<unknown, unknown>(Array.from({ length: 5000 }, (_, index) => [index % 2 === 0 ? index : `k${index}`, { index }]));
    const set = new Set(Array.from({ length: 4001 }, (_, index) => `s${index}`));
    const list = Array.from({ length: 4000 }, (_, index) => index);
    const back = again({ map, set, list, none: [new Map(), new Set(), []] });
    expect(back).toStrictEqual({ map, set, list, none: [new Map(), new Set(), []] });
    expect([...back.map.keys()]).toEqual([...map.keys()]);
  });

  test('who shared an object shares it, and a queue of 200,000 is no deeper than it was', () => {
    interface Link {
      before: Link | null;
      after: Link | null;
      readonly options: object;
    }
    const options = Object.freeze({ shared: true });
    const links = Array.from({ length: 200_000 }, (): Link => ({ before: null, after: null, options }));
    for (let at = 1; at < links.length; at += 1) {
      const [before, after] = [links[at - 1] as Link, links[at] as Link];
      before.after = after;
      after.before = before;
    }
    const back = again({ first: links[0] as Link, all: links });
    expect(back.all).toHaveLength(links.length);
    expect(back.first).toBe(back.all[0]);
    let steps = 0;
    for (let link: Link | null = back.first; link !== null; link = link.after) {
      if (link !== back.all[steps] || link.options !== back.first.options) throw new Error(`not the same at ${steps}`);
      steps += 1;
    }
    expect(steps).toBe(links.length);
  });

  test('frozen values come back frozen, and equal ones as one', () => {
    const frozen = [Object.freeze({ a: 1, $: 2 }), Object.freeze({ a: 1, $: 2 }), Object.freeze([]), Object.freeze({ deep: {} })] as const;
    const back = again({ frozen, loose: { a: 1, $: 2 } });
    expect(back).toStrictEqual({ frozen, loose: { a: 1, $: 2 } });
    expect(back.frozen[0]).toBe(back.frozen[1]);
    expect(back.frozen.slice(0, 3).every((value) => Object.isFrozen(value))).toBe(true);
    expect(Object.isFrozen(back.loose)).toBe(false);
  });

  test('keys that look like marks come back, alone and shared', () => {
    const odd = { $: 5, pairs: [1], '1': 'a', b: 'c' };
    const proto = JSON.parse('{"__proto__":{"x":1},"y":2}') as object;
    const back = again({ odd, twice: [odd, odd], proto });
    expect(back).toStrictEqual({ odd, twice: [odd, odd], proto });
    expect(back.odd).toBe(back.twice[1]);
  });

  test('instances go on where the others were', () => {
    const index = new WordIndex();
    index.put({ topic: 'api/errors', tags: ['api'], text: 'errors are problems' });
    const paths = new PathIndex<{ name: string }>();
    const lock = { name: 'src' };
    paths.add('src/**', lock);
    const back = again({ index, paths, lock });
    expect(back.index.search('problems', { limit: 5, postings_read: 100 })).toEqual(
      index.search('problems', { limit: 5, postings_read: 100 }),
    );
    expect([...back.paths.near('src/a.ts')]).toEqual([lock]);
    expect([...back.paths.near('src/a.ts')][0]).toBe(back.lock);
  });

  test('what has no image is refused, not lost', () => {
    for (const value of [new Date(), () => undefined, Symbol('x'), 1n, new URL('http://x')]) {
      expect(() => [...imageOf({ value }).texts]).toThrow(/no image/);
    }
  });

  test('any JSON comes back as it was', () => {
    assert(
      property(jsonValue(), (value) => {
        expect(again({ value, again: [value] })).toStrictEqual({ value, again: [value] });
      }),
    );
  });
});
