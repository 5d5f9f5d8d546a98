import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { WordIndex } from './word-index.ts';
import { wordsOf } from './words.ts';

const terms = (text: string): string[] => [...wordsOf(text)].map(({ term }) => term);
const all = { limit: 10, postings_read: 1000 };

test.each([
  ['Errors, classes and bodies', ['error', 'classe', 'and', 'body']],
  ['status of the process', ['status', 'of', 'the', 'process']],
  ['parseHTTPRequest2', ['parsehttprequest2', 'parse', 'http', 'request', '2']],
  ['Größe 42', ['grosse', '42']],
  ['GRÖSSE, cafe\u0301 naïve ＡＢＣ', ['grosse', 'cafe', 'naive', 'abc']],
  ['認証はOAuthを', ['認証', '証は', 'oauth', 'o', 'auth', 'を']],
  ['データベース。锁', ['デー', 'ータ', 'タベ', 'ベー', 'ース', '锁']],
  ['토큰은 만료', ['토큰', '큰은', '만료']],
  ['𠮷野家', ['𠮷野', '野家']],
  ['คิว', ['คิ', 'ิว']],
  ['हिन्दी', ['हिन्दी']],
  ['--- …', []],
])('the terms of %s', (text, expected) => {
  expect(terms(text)).toEqual(expected);
});

test('A17 the score is BM25 by its formula', () => {
  const index = new WordIndex();
  index.put({ topic: 'a', tags: [], text: 'red red green' });
  index.put({ topic: 'b', tags: [], text: 'green' });
  const idf = Math.log(1 + (2 - 1 + 0.5) / (1 + 0.5));
  const length = 5 + 3;
  const mean = (5 + 3 + 5 + 1) / 2;
  const expected = (idf * 2 * 2.2) / (2 + 1.2 * (0.25 + (0.75 * length) / mean));
  expect(index.search('red', all)).toEqual([{ topic: 'a', score: expect.closeTo(expected, 12) }]);
});

test('the topic counts most, then the tags, then the text', () => {
  const index = new WordIndex();
  index.put({ topic: 'one', tags: [], text: 'cache x' });
  index.put({ topic: 'two', tags: ['cache'], text: 'x' });
  index.put({ topic: 'cache', tags: [], text: 'x' });
  expect(index.search('cache', all).map(({ topic }) => topic)).toEqual(['cache', 'two', 'one']);
});

test('A17 a part of a text without spaces is found, the text that has all of it first', () => {
  const index = new WordIndex();
  index.put({ topic: 'zh', tags: [], text: '我们决定使用数据库迁移工具' });
  index.put({ topic: 'ja', tags: [], text: '認証はOAuthを使うことにした。データベースはSQLite。' });
  index.put({ topic: 'ja2', tags: [], text: 'データの認可' });
  index.put({ topic: 'de', tags: [], text: 'Straße und Café' });
  const found = (query: string): string[] => index.search(query, all).map(({ topic }) => topic);
  expect([found('数据库'), found('迁移'), found('データベース'), found('oauth'), found('strasse cafe'), found('STRASSE')]).toEqual([
    ['zh'],
    ['zh'],
    ['ja', 'ja2'],
    ['ja'],
    ['de'],
    ['de'],
  ]);
});

test('what is indexed, asked and looked at is bounded', () => {
  const index = new WordIndex();
  index.put({ topic: 'long', tags: [], text: Array.from({ length: 2000 }, (_, each) => `w${each}`).join(' ') });
  expect(index.size).toBe(500);
  expect(index.search('w498 w1999', all)).toHaveLength(1);
  expect(index.search('w1999', all)).toEqual([]);
  for (let each = 0; each < 100; each += 1) index.put({ topic: `t${each}`, tags: [], text: 'common' });
  index.put({ topic: 'rare', tags: [], text: 'rare common' });
  expect(index.search('common rare', { limit: 1, postings_read: 1 }).map(({ topic }) => topic)).toEqual(['rare']);
  expect(index.search('common', { limit: 1000, postings_read: 50 })).toHaveLength(50);
});

test('what is deleted is found no more, and nothing of it stays', () => {
  const index = new WordIndex();
  index.put({ topic: 'a', tags: ['x'], text: 'red' });
  index.put({ topic: 'a', tags: [], text: 'blue' });
  expect(index.search('red x', all)).toEqual([]);
  index.delete('a');
  index.delete('a');
  expect([index.size, index.search('blue', all)]).toEqual([0, []]);
});

test('A17 a star finds words by their beginning, in any script, and ranks them as one word', () => {
  const index = new WordIndex();
  index.put({ topic: 'release', tags: [], text: 'How a deployment is deployed by the deployer.' });
  index.put({ topic: 'deputy', tags: [], text: 'Who stands in.' });
  index.put({ topic: 'bodies', tags: [], text: 'Über Größe, naïve ΟΔΟΣ' });
  index.put({ topic: 'ja', tags: [], text: '認証とparseHTTPRequest' });
  const found = (query: string): string[] => index.search(query, all).map(({ topic }) => topic);
  expect([found('depl'), found('depl*'), found('DEPL*'), found('dep*').toSorted()]).toEqual([
    [],
    ['release'],
    ['release'],
    ['deputy', 'release'],
  ]);
  for (const query of ['bodie*', 'bodies*', 'groß*', 'GROS*', 'nai*', 'ΟΔ*']) expect(found(query)).toEqual(['bodies']);
  for (const query of ['認*', '認証*', 'parseh*', 'req*', 'request*']) expect(found(query)).toEqual(['ja']);
  for (const query of ['*', '**', '* depl', '*depl', 'depl *']) expect(found(query)).toEqual([]);
  index.put({ topic: 'release', tags: [], text: 'Nothing.' });
  index.put({ topic: 'later', tags: [], text: 'deplore' });
  expect([found('deplo*'), found('deploy*')]).toEqual([['later'], []]);
});

test('A17 whatever word stands in a text, each of its beginnings with a star finds it', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'a e i s y z A É ß ﬁ Σ ς 日 本 7'.split(' ')), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(letters, { minLength: 1, maxLength: 60 }), fc.nat(59), fc.integer({ min: 1, max: 12 }), (words, at, length) => {
      const index = new WordIndex();
      index.search('open*', all);
      words.forEach((word, number) => index.put({ topic: `t${number}`, tags: [], text: word }));
      const number = at % words.length;
      const word = (words[number] ?? '').replaceAll(/[日本]/g, '');
      if (word === '' || word !== words[number]) return;
      const found = index.search(`${word.slice(0, length)}*`, { limit: 60, postings_read: 10_000 });
      expect(found.map(({ topic }) => topic)).toContain(`t${number}`);
    }),
  );
});

test('A17 no question is too odd, and a star looks at no more than a bounded number of postings', () => {
  const index = new WordIndex();
  for (let each = 0; each < 300; each += 1)
    index.put({ topic: `t${each}`, tags: [], text: `a${each} b${each % 7} \ud800 ${'x'.repeat(90)}` });
  expect(index.search('a*', { limit: 1000, postings_read: 50 })).toHaveLength(50);
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom('', '*', '***', '\ud800*', 'a*', '__proto__*'),
      (text, end) => {
        expect(index.search(text + end, all).length).toBeLessThanOrEqual(10);
      },
    ),
  );
});
