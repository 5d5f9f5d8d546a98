/** Framing, against the receiver of ws. */
import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { textFrame, textFrames } from './text-frame.ts';

// The types of ws leave its receiver out.
const { Receiver } = createRequire(import.meta.url)('ws') as { readonly Receiver: new () => Writable };

function received(bytes: Buffer): string[] {
  const texts: string[] = [];
  const receiver = new Receiver();
  receiver.on('message', (data: Buffer) => texts.push(data.toString()));
  receiver.write(bytes);
  return texts;
}

test.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])('a text of %d bytes arrives whole', (length) => {
  const text = 'x'.repeat(length);
  expect(received(textFrame(text))).toEqual([text]);
});

test('many texts arrive one by one, in order, also beyond ASCII', () => {
  const texts = ['a', 'ä€😀', '', 'x'.repeat(300), 'ü'.repeat(70_000)];
  expect(received(textFrames(texts))).toEqual(texts);
  expect(textFrames([])).toHaveLength(0);
});
