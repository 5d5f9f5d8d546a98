/**
 * How text becomes terms: runs of letters and digits in lower case and without diacritics, a name in camel case also by its
 * parts, and the plural of English by the S-stemmer (Harman 1991, How effective is suffixing?). Scripts that put no spaces
 * between words, and Korean, which appends to them, become overlapping pairs of characters, as in Lucene's CJKBigramFilter;
 * a single character is found only where it stands alone. In a question a word with a star behind it stands for all that
 * begin so; of a run of pairs only a single character can, because what follows in a text goes on anyway.
 */

/** A term and where it stands in the text. */
export interface Word {
  readonly term: string;
  readonly at: number;
}

/** A term of a question: one with a star stands for every term that begins with it, and for those of `also`. */
export interface AskedWord {
  readonly term: string;
  readonly begins: boolean;
  /** Terms that words with this beginning may have become, although they do not begin so. */
  readonly also: readonly string[];
}

const PAIRED =
  /[[\p{L}\p{N}]&&[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]]/v;
const RUN = new RegExp(`(?<paired>(?:${PAIRED.source}\\p{M}*)+)|(?:(?!${PAIRED.source})[\\p{L}\\p{N}]\\p{M}*)+`, 'gv');
const PART = /\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{N}+/gu;
const ACCENTS = /[\u0300-\u036f]/g;
const ASCII = /^[\0-\x7f]*$/;
const LONGEST = 64;

/** The terms of a text, in its order. */
export function* wordsOf(text: string): Generator<Word> {
  for (const { 0: run, index, groups } of text.matchAll(RUN)) {
    if (groups?.['paired'] !== undefined) {
      yield* pairsOf(run, index);
      continue;
    }
    yield { term: termOf(run), at: index };
    if (run.toLowerCase() === run) continue;
    const parts = [...run.matchAll(PART)];
    if (parts.length > 1) for (const part of parts) yield { term: termOf(part[0]), at: index + part.index };
  }
}

/** The terms of a question, in its order. */
export function* wordsAsked(query: string): Generator<AskedWord> {
  for (const { 0: run, index, groups } of query.matchAll(RUN)) {
    const isStarred = query[index + run.length] === '*';
    if (isStarred && (groups?.['paired'] === undefined || [...pairsOf(run, 0)].every(({ term }) => term === folded(run)))) {
      yield beginningOf(folded(run).slice(0, LONGEST));
    } else for (const { term } of wordsOf(run)) yield { term, begins: false, also: [] };
  }
}

/** True when a term of a text is meant by one of these. */
export function isAsked(asked: readonly AskedWord[], term: string): boolean {
  return asked.some((word) => (word.begins ? term.startsWith(word.term) || word.also.includes(term) : term === word.term));
}

/** A plural loses its ending, and with it what it begins with: `bodie*` is to find what `bodies` became. */
function beginningOf(term: string): AskedWord {
  const also = [singular(term), term.replace(/(?<=.)ie?$/, 'y')].filter((other) => !other.startsWith(term));
  return { term, begins: true, also };
}

/** Each character with the next; one alone by itself. */
function* pairsOf(run: string, start: number): Generator<Word> {
  let at = start;
  let before: string | null = null;
  for (const character of run) {
    if (before !== null) {
      yield { term: folded(before + character), at };
      at += before.length;
    }
    before = character;
  }
  if (at === start && before !== null) yield { term: folded(before), at };
}

/** What is searched in a text or a JSON object. */
export function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}

function termOf(run: string): string {
  return singular(folded(run).slice(0, LONGEST));
}

/** Lower case, and what differs only in accents or in width the same. */
function folded(run: string): string {
  const lower = run.toLowerCase();
  return ASCII.test(lower)
    ? lower
    : lower.normalize('NFKD').replace(ACCENTS, '').normalize('NFC').replaceAll('ß', 'ss').replaceAll('ς', 'σ');
}

function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s')) return word;
  if (word.endsWith('ies') && !/[ae]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (word.endsWith('es') && !/[aeo]es$/.test(word)) return word.slice(0, -1);
  return /[us]s$/.test(word) ? word : word.slice(0, -1);
}
