import { expect, test } from 'vitest';
import { WordIndex } from './word-index.ts';
import { wordsOf } from './words.ts';

const terms = (text: string): string[] => [...wordsOf(text)].map(({ term }) => term);
const all = { limit: 10, postings_read: 1000 };

test.each([
  ['Errors, classes and bodies', ['error', 'classe', 'and', 'body']],
  ['status of the process', ['status', 'of', 'the', 'process']],
  ['parseHTTPRequest2', ['parsehttprequest2', 'parse', 'http', 'request', '2']],
  ['Größe 42', ['größe', '42']],
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
