/** What the palette finds. */
import { expect, test } from 'vitest';
import { matchCommands } from './palette-match.ts';

const commands = ['Board', 'Knowledge', 'build-001 Draw the board', 'Onboarding'].map((label) => ({
  kind: 'page',
  label,
  run: () => undefined,
}));
const found = (typed: string): string[] => matchCommands(commands, typed).map(({ label }) => label);

test('nothing typed: everything, in its order', () => {
  expect(found(' ')).toHaveLength(4);
});

test('what begins with the word comes first, then what has a word that begins with it', () => {
  expect(found('board')).toEqual(['Board', 'build-001 Draw the board', 'Onboarding']);
});

test('every word must occur, in any order', () => {
  expect(found('draw build')).toEqual(['build-001 Draw the board']);
  expect(found('draw know')).toEqual([]);
});
