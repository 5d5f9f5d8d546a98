/**
 * The inverted index of the knowledge base, and its ranking.
 *
 * Ranking is BM25 (Robertson & Zaragoza 2009, The Probabilistic Relevance Framework: BM25 and Beyond): the sum over the
 * terms of the query of idf · tf · (k₁ + 1) ÷ (tf + k₁ · (1 − b + b · length ÷ mean length)), k₁ = 1.2, b = 0.75, with
 * idf = ln(1 + (N − df + 0.5) ÷ (df + 0.5)), which is never negative. As in BM25F, an occurrence in the topic counts
 * five times and one in the tags three times towards tf.
 * Bounds: the first 500 different terms of a document and its first 32,768 characters are indexed; a query has 32
 * different terms, and looks at a bounded number of postings, those of its rarest terms first. The terms that a word with a
 * star stands for count as one, with the postings of all; they are gathered in the order of their characters up to that bound.
 */
import { TermList } from './term-list.ts';
import { type AskedWord, wordsAsked, wordsOf } from './words.ts';

/** What of a document is searched. */
export interface SearchedText {
  readonly topic: string;
  readonly tags: readonly string[];
  readonly text: string;
}

/** A document that matches. */
export interface Match {
  readonly topic: string;
  readonly score: number;
}

/** How far a search goes. */
export interface SearchBounds {
  /** Documents that are wanted. */
  readonly limit: number;
  /** Postings that are looked at. */
  readonly postings_read: number;
  /** Lets a document through; left out: all. */
  readonly admits?: (topic: string) => boolean;
}

/** The first characters of a document that are indexed. */
const CHARACTERS_INDEXED = 32_768;
const TERMS_INDEXED = 500;
const TERMS_ASKED = 32;
const K1 = 1.2;
const B = 0.75;
const TOPIC_WEIGHT = 5;
const TAG_WEIGHT = 3;

/** What an index holds. */
export interface WordIndexImage {
  readonly postings: Map<string, Map<string, number>>;
  readonly documents: Map<string, { readonly terms: readonly string[]; readonly length: number }>;
  readonly length: number;
}

/** Terms → topics that have them. */
export class WordIndex {
  #postings: WordIndexImage['postings'] = new Map();
  #documents: WordIndexImage['documents'] = new Map();
  #length = 0;
  /** The terms in order, from the first question with a star on. */
  #terms: TermList | null = null;

  /** What it holds, for whoever writes it down. */
  image(): WordIndexImage {
    return { postings: this.#postings, documents: this.#documents, length: this.#length };
  }

  /** Goes on with what another one held. */
  adopt({ postings, documents, length }: WordIndexImage): void {
    this.#postings = postings;
    this.#documents = documents;
    this.#length = length;
    this.#terms = null;
  }

  /** How many terms are indexed, summed over the documents. */
  get size(): number {
    let size = 0;
    for (const { terms } of this.#documents.values()) size += terms.length;
    return size;
  }

  /** Takes a document in, in place of what was there under its topic. */
  put(document: SearchedText): void {
    this.delete(document.topic);
    const weights = weightsOf(document);
    let length = 0;
    for (const [term, weight] of weights) {
      length += weight;
      const postings = this.#postings.get(term);
      if (postings === undefined) {
        this.#postings.set(term, new Map([[document.topic, weight]]));
        this.#terms?.add(term);
      } else postings.set(document.topic, weight);
    }
    this.#documents.set(document.topic, { terms: [...weights.keys()], length });
    this.#length += length;
  }

  /** Lets a document go. */
  delete(topic: string): void {
    const document = this.#documents.get(topic);
    if (document === undefined) return;
    for (const term of document.terms) {
      const postings = this.#postings.get(term);
      postings?.delete(topic);
      if (postings?.size !== 0) continue;
      this.#postings.delete(term);
      this.#terms?.delete(term);
    }
    this.#documents.delete(topic);
    this.#length -= document.length;
  }

  /** The documents that match best, the best first; equally good ones by topic. */
  search(query: string, { limit, postings_read, admits }: SearchBounds): Match[] {
    const scores = new Map<string, number>();
    const mean = this.#length / Math.max(1, this.#documents.size);
    let read = 0;
    for (const postings of this.#postingsOf(query, postings_read)) {
      const count = this.#documents.size;
      const idf = Math.log(1 + (count - postings.size + 0.5) / (postings.size + 0.5));
      for (const [topic, frequency] of postings) {
        read += 1;
        if (read > postings_read) return best(scores, limit);
        if (admits !== undefined && !admits(topic)) continue;
        const length = this.#documents.get(topic)?.length ?? 0;
        const gain = (idf * frequency * (K1 + 1)) / (frequency + K1 * (1 - B + (B * length) / mean));
        scores.set(topic, (scores.get(topic) ?? 0) + gain);
      }
    }
    return best(scores, limit);
  }

  /** The postings of the terms of a query, the rarest first; of words with a star at most so many in all. */
  #postingsOf(query: string, most: number): ReadonlyMap<string, number>[] {
    const budget = { left: most };
    const found: ReadonlyMap<string, number>[] = [];
    for (const word of termsAsked(query)) {
      const postings = word.begins ? this.#gathered(word, budget) : this.#postings.get(word.term);
      if (postings !== undefined && postings.size > 0) found.push(postings);
    }
    return found.toSorted((a, b) => a.size - b.size);
  }

  /** The postings of all terms that a word with a star stands for, as if they were one term's. */
  #gathered({ term: start, also }: AskedWord, budget: { left: number }): ReadonlyMap<string, number> {
    this.#terms ??= new TermList(this.#postings.keys());
    const gathered = new Map<string, number>();
    for (const terms of [also, this.#terms.beginningWith(start)]) {
      for (const term of terms) {
        for (const [topic, frequency] of this.#postings.get(term) ?? []) {
          if (budget.left <= 0) return gathered;
          budget.left -= 1;
          gathered.set(topic, (gathered.get(topic) ?? 0) + frequency);
        }
      }
    }
    return gathered;
  }
}

/** The different terms of a query. */
export function termsAsked(query: string): readonly AskedWord[] {
  const terms = new Map<string, AskedWord>();
  for (const word of wordsAsked(query)) if (terms.set(`${word.term}${word.begins ? '*' : ''}`, word).size === TERMS_ASKED) break;
  return [...terms.values()];
}

function weightsOf({ topic, tags, text }: SearchedText): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  const count = (from: string, weight: number): void => {
    for (const { term } of wordsOf(from)) {
      const before = weights.get(term);
      if (before !== undefined || weights.size < TERMS_INDEXED) weights.set(term, (before ?? 0) + weight);
    }
  };
  count(topic, TOPIC_WEIGHT);
  for (const tag of tags) count(tag, TAG_WEIGHT);
  count(text.slice(0, CHARACTERS_INDEXED), 1);
  return weights;
}

function best(scores: ReadonlyMap<string, number>, limit: number): Match[] {
  return Array.from(scores, ([topic, score]) => ({ topic, score }))
    .toSorted((a, b) => b.score - a.score || (a.topic < b.topic ? -1 : 1))
    .slice(0, limit);
}
