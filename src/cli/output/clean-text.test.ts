import { describe, expect, test } from 'vitest';
import { cleanLine, cleanText, safeJson } from './clean-text.ts';

describe('hostile text', () => {
  test.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a cleared screen', 'a\u001b[2Jb\u001b[Hc', 'abc'],
    ['a cursor that moves up', 'a\u001b[1Ab', 'ab'],
    ['the clipboard (OSC 52)', 'a\u001b]52;c;ZXZpbA==\u0007b', 'ab'],
    ['a window title, ended by ST', 'a\u001b]0;owned\u001b\\b', 'ab'],
    ['a link (OSC 8)', '\u001b]8;;http://evil\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['an OSC that never ends', 'a\u001b]0;owned', 'a'],
    ['a DCS', 'a\u001bPq#0\u001b\\b', 'ab'],
    ['8-bit CSI and OSC', 'a\u009b31mb\u009d0;x\u009cc', 'abc'],
    ['a full reset', 'a\u001bcb', 'ab'],
    ['a lone escape', 'a\u001b', 'a'],
    ['bells, backspaces and deletes', 'a\u0007\u0008\u007fb', 'ab'],
    ['a carriage return that overwrites', 'evil\rgood', 'evil good'],
    ['reversed text', 'a\u202egnp.exe', 'agnp.exe'],
    ['isolates and marks', 'a\u2066b\u2069\u200f\u061cc', 'abc'],
    ['invisible letters', 'a\u200b\ufeff\u00ad\u{e0041}b', 'ab'],
    ['line separators', 'a\u2028b\u2029c', 'abc'],
    ['null', 'a\u0000b', 'ab'],
  ])('%s', (_what, text, clean) => {
    expect(cleanLine(text)).toBe(clean);
  });

  test('cleaned text is clean: cleaning it again changes nothing', () => {
    const nested = '\u001b\u001b[31m[32mx\u001b]0;\u001b[0m\u0007';
    expect(cleanText(cleanText(nested))).toBe(cleanText(nested));
    // eslint-disable-next-line eslint/no-control-regex -- they are what must not be there
    expect(cleanText(nested)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  test('what is harmless stays: letters of all scripts, emoji with joiners, tabs and line feeds', () => {
    const text = 'Zürich 説明 שלום नमस्ते 👩‍💻\n\tindented';
    expect(cleanText(text)).toBe(text);
    expect(cleanText('a\r\nb')).toBe('a\nb');
  });
});

test('JSON shows nothing hostile and means the same', () => {
  const value = { a: '\u001b[31m\u009b\u202e\u200b"', b: [1] };
  const text = safeJson(value);
  expect(JSON.parse(text)).toEqual(value);
  // eslint-disable-next-line eslint/no-control-regex -- they are what must not be there
  expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b\u202e]/);
});
