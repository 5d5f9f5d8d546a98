/**
 * Owns how many columns of a terminal a text takes, and how it is cut and filled up to fit. The text must be clean.
 */

const PLAIN = /^[\u0020-\u007e\u00a0-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u25ff\u2713-\u2718]*$/;
/** East Asian wide and full-width, and pictures that are shown as such. */
const WIDE =
  /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}])/u;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const ELLIPSIS = '…';

let segmenter: Intl.Segmenter | null = null;

/** Columns that a text takes. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const part of graphemes(text)) width += graphemeWidth(part);
  return width;
}

/** The text, cut to at most `columns` with an ellipsis where it was longer. */
export function cutTo(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 1) return '';
  let width = 0;
  let kept = '';
  for (const part of graphemes(text)) {
    width += graphemeWidth(part);
    if (width > columns - 1) break;
    kept += part;
  }
  return `${kept.trimEnd()}${ELLIPSIS}`;
}

/** The text with blanks after it, or before it, up to `columns`. */
export function fillTo(text: string, columns: number, right = false): string {
  const blanks = ' '.repeat(Math.max(0, columns - displayWidth(text)));
  return right ? blanks + text : text + blanks;
}

/** The text broken into lines of at most `columns` at blanks; a longer word stays whole. */
export function wrapTo(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let open = '';
    for (const word of line.split(' ')) {
      if (open !== '' && displayWidth(open) + 1 + displayWidth(word) > columns) {
        lines.push(open);
        open = word;
      } else open = open === '' ? word : `${open} ${word}`;
    }
    return [...lines, open];
  });
}

function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), (each) => each.segment);
}

function graphemeWidth(grapheme: string): number {
  if (ZERO.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
