/**
 * How text becomes terms: runs of letters and digits in lower case and without diacritics, a name in camel case also by its
 * parts, and the plural of English by the S-stemmer (Harman 1991, How effective is suffixing?). Scripts that put no spaces
 * between words, and Korean, which appends to them, become overlapping pairs of characters, as in Lucene's CJKBigramFilter;
 * a single character is found only where it stands alone.
 */

/** A term and where it stands in the text. */
export interface Word {
  readonly term: string;
  readonly at: number;
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
  return ASCII.test(lower) ? lower : lower.normalize('NFKD').replace(ACCENTS, '').normalize('NFC').replaceAll('ß', 'ss');
}

function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s')) return word;
  if (word.endsWith('ies') && !/[ae]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (word.endsWith('es') && !/[aeo]es$/.test(word)) return word.slice(0, -1);
  return /[us]s$/.test(word) ? word : word.slice(0, -1);
}
