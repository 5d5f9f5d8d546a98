import { describe, expect, test } from 'vitest';
import { plainTail, plainText } from './plain-text.ts';

describe('plainText', () => {
  test.each([
    ['colours', '\x1b[1;31mred\x1b[0m', 'red'],
    ['cursor movements and modes', 'a\x1b[2Kb\x1b[?25lc\x9b3Ad', 'abcd'],
    ['a title, ended by BEL', '\x1b]0;evil\x07text', 'text'],
    ['a link, ended by ST', '\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\', 'text'],
    ['a clipboard write (OSC 52)', 'a\x1b]52;c;ZXZpbA==\x07b', 'ab'],
    ['a device control string', 'a\x1bPpayload\x1b\\b', 'ab'],
    ['an open string, up to its line', 'a\x1b]0;never ended\nthe error', 'a\nthe error'],
    ['other escapes', 'a\x1bcb\x1b(Bc\x1b7d', 'abcd'],
    ['an escape at the very end', 'a\x1b', 'a'],
    ['an escape that an escape hides', '\x1b\x1b[31mred', 'red'],
    ['controls but tab and newline', 'a\x00\x08\x07\tb\nc\x7f\x85', 'a\tb\nc'],
    ['bidirectional controls', 'user\u202e txt.exe\u2066\u200f', 'user txt.exe'],
    ['text in tag characters', 'a\u{e0041}\u{e0042}b', 'ab'],
    ['line separators', 'a\u2028b', 'a\nb'],
    ['Windows line ends', 'a\r\nb\r\n', 'a\nb\n'],
    ['what a progress bar wrote over', '10%\r50%\r100%\ndone', '100%\ndone'],
    ['letters of every script', 'naïve 日本 👩‍👩‍👧', 'naïve 日本 👩‍👩‍👧'],
  ])('handles %s', (_what, raw, expected) => {
    expect(plainText(raw)).toBe(expected);
  });

  test('takes hostile input of many open sequences in its stride', () => {
    expect(plainText('\x1b['.repeat(30_000) + '\x1b[' + '1;'.repeat(30_000))).toBe('');
    expect(plainText('x'.repeat(1_000_000))).toHaveLength(1_000_000);
    expect(plainText('\r'.repeat(1_000_000) + 'x')).toBe('x');
  });
});

describe('plainTail', () => {
  test('keeps whole last lines within the limit', () => {
    expect(plainTail('one\ntwo\nthree\n', 9)).toBe('three');
    expect(plainTail('one\ntwo\n', 100)).toBe('one\ntwo');
  });

  test('cuts a single long line between two characters', () => {
    const tail = plainTail('é'.repeat(100), 9);
    expect(tail).toBe('éééé');
  });
});
