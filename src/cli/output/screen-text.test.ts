/** Screens of other terminals are drawn from their cells, and never obeyed. */
import { expect, test } from 'vitest';
import type { TerminalScreen } from '../../contract/views/terminal-view.ts';
import { drawScreen } from './screen-text.ts';

const PLACE = { columns: 20, rows: 5 };

function screen(texts: readonly string[], more: Partial<TerminalScreen> = {}): TerminalScreen {
  const lines = texts.map((text) => [{ text }]);
  return { columns: 80, rows: texts.length, cursor: { column: 2, row: texts.length - 1, visible: true }, lines, ...more };
}

test('draws all rows or those that changed, the note on the last row, and the cursor where it is', () => {
  const all = drawScreen(screen(['one', 'two']), null, PLACE, 'note');
  expect(all).toContain('\u001b[1;1H\u001b[0mone\u001b[0m\u001b[K\u001b[2;1H\u001b[0mtwo');
  expect(all).toContain('\u001b[5;1H\u001b[0;7mnote');
  expect(all.endsWith('\u001b[2;3H\u001b[?25h')).toBe(true);
  const part = drawScreen(screen(['one', 'two']), [1], PLACE, 'note');
  expect([part.includes('one'), part.includes('two'), part.includes('\u001b[2J')]).toEqual([false, true, false]);
});

test('with less room the end of the screen is shown, cut to the columns', () => {
  const drawn = drawScreen(screen(['1', '2', '3', '4', '5', 'x'.repeat(30)]), null, PLACE, '');
  expect(drawn).not.toContain('m2\u001b');
  expect(drawn).toContain('\u001b[1;1H\u001b[0m3');
  expect(drawn).toContain(`${'x'.repeat(19)}…`);
});

test('of a screen that is longer than the place and empty below, what is written is shown', () => {
  const tall = screen(['at work', ...Array.from({ length: 30 }, () => '')], { cursor: { column: 0, row: 1, visible: true } });
  const lines = tall.lines.map((line) => line.filter(({ text }) => text !== ''));
  expect(drawScreen({ ...tall, lines }, null, PLACE, '')).toContain('\u001b[1;1H\u001b[0mat work');
});

test('styles become codes; what a hostile host put into text is not obeyed', () => {
  const lines = [[{ text: 'a\u001b]52;c;eA==\u0007b', fg: 1, bg: '#010203', style: ['bold' as const, 'inverse' as const] }]];
  const drawn = drawScreen(screen(['x'], { lines }), null, PLACE, 'n\u001b[2J');
  expect(drawn).toContain('\u001b[0;1;7;38;5;1;48;2;1;2;3mab');
  expect(drawn).not.toContain(']52');
});
