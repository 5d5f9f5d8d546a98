/**
 * How text becomes terms: runs of letters and digits in lower case, a name in camel case also by its parts, and the
 * plural of English by the S-stemmer (Harman 1991, How effective is suffixing?). Scripts without spaces between words
 * are found by whole runs only.
 */

/** A term and where it stands in the text. */
export interface Word {
  readonly term: string;
  readonly at: number;
}

const RUN = /[\p{L}\p{N}]+/gu;
const PART = /\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{N}+/gu;
const LONGEST = 64;

/** The terms of a text, in its order. */
export function* wordsOf(text: string): Generator<Word> {
  for (const { 0: run, index } of text.matchAll(RUN)) {
    yield { term: termOf(run), at: index };
    if (run.toLowerCase() === run) continue;
    const parts = [...run.matchAll(PART)];
    if (parts.length > 1) for (const part of parts) yield { term: termOf(part[0]), at: index + part.index };
  }
}

/** What is searched in a text or a JSON object. */
export function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}

function termOf(run: string): string {
  return singular(run.toLowerCase().slice(0, LONGEST));
}

function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s')) return word;
  if (word.endsWith('ies') && !/[ae]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (word.endsWith('es') && !/[aeo]es$/.test(word)) return word.slice(0, -1);
  return /[us]s$/.test(word) ? word : word.slice(0, -1);
}
