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
