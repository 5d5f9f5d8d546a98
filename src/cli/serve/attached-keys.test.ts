/** What is typed while attached to a terminal through the server. */
import { expect, test } from 'vitest';
import { attachedKeys } from './attached-keys.ts';

function typed(chunks: readonly string[], { looks = false, leavesByQ = true } = {}): string[] {
  const seen: string[] = [];
  const keys = attachedKeys({
    detach: () => seen.push('DETACH'),
    type: (data) => seen.push(data),
    view: (key) => seen.push(`VIEW ${key}`),
    looks: () => looks,
    leavesByQ: () => leavesByQ,
  });
  for (const chunk of chunks) keys(chunk);
  return seen;
}

test('everything is handed on but Ctrl-b d, which detaches, also when it comes in two pieces; Ctrl-b twice is one', () => {
  expect(typed(['ls\r'])).toEqual(['ls\r']);
  expect(typed(['a\u0002d'])).toEqual(['a', 'DETACH']);
  expect(typed(['\u0002', 'd'])).toEqual(['DETACH']);
  expect(typed(['\u0002\u0002'])).toEqual(['\u0002']);
  expect(typed(['\u0002x'])).toEqual(['\u0002x']);
  expect(typed(['q', '\u0003', '\u001b[5~'])).toEqual(['q', '\u0003', '\u001b[5~']);
});

test('Ctrl-b [ looks back; where nothing is typed keys move the view, and q or Ctrl-c leave', () => {
  expect(typed(['a\u0002[b'])).toEqual(['a', 'VIEW page_up', 'b']);
  expect(typed(['\u001b[5~', '\u001b[B', 'x', '\u001b[F'], { looks: true })).toEqual(['VIEW page_up', 'VIEW down', 'VIEW live']);
  expect(typed(['q'], { looks: true })).toEqual(['DETACH']);
  expect(typed(['\u0003'], { looks: true })).toEqual(['DETACH']);
  expect(typed(['q'], { looks: true, leavesByQ: false })).toEqual(['VIEW live']);
});
