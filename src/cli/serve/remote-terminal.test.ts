/** What is typed while attached to a session of another machine. */
import { expect, test } from 'vitest';
import { keysOf } from './remote-terminal.ts';

function typed(...chunks: readonly string[]): string[] {
  const seen: string[] = [];
  const keys = keysOf({ detach: () => seen.push('DETACH'), type: (data) => seen.push(data) });
  for (const chunk of chunks) keys(chunk);
  return seen;
}

test('everything is handed on but Ctrl-b d, which detaches, also when it comes in two pieces; Ctrl-b twice is one', () => {
  expect(typed('ls\r')).toEqual(['ls\r']);
  expect(typed('a\u0002d')).toEqual(['a', 'DETACH']);
  expect(typed('\u0002', 'd')).toEqual(['DETACH']);
  expect(typed('\u0002\u0002')).toEqual(['\u0002']);
  expect(typed('\u0002x')).toEqual(['\u0002x']);
});
