import { describe, expect, test } from 'vitest';
import { checkExports, checkTypeNames, checkUnfinished, checkWords } from './check-names.ts';
import { ALL_TYPESCRIPT, parseRepository, parseSource } from './source-file.ts';

const MAY_EXPORT_DEFAULT = /\.config\.ts$|^test\/setup\/closing-reporter\.ts$/;
const sources = parseRepository(ALL_TYPESCRIPT);

test('nothing exports a default, and only src/index.ts hands on exports', () => {
  expect(checkExports(sources, MAY_EXPORT_DEFAULT)).toEqual([]);
});

test('no name contains a word that says nothing', () => {
  expect(checkWords(sources)).toEqual([]);
});

test('a type name is exported once', () => {
  expect(checkTypeNames(sources)).toEqual([]);
});

test('no comment puts work off', () => {
  expect(checkUnfinished(sources)).toEqual([]);
});

describe('the checks themselves', () => {
  test.each(['export default 1;', 'export default function f() {}', 'const a = 1;\nexport { a as default };'])(
    '%s is a default',
    (text) => {
      expect(checkExports([parseSource('src/a.ts', text)], MAY_EXPORT_DEFAULT)).toHaveLength(1);
      expect(checkExports([parseSource('a.config.ts', text)], MAY_EXPORT_DEFAULT)).toEqual([]);
    },
  );

  test.each(["export * from './b.ts';", "export { b } from './b.ts';", "export type { B } from './b.ts';", "export * as b from './b.ts';"])(
    '%s makes a barrel',
    (text) => {
      expect(checkExports([parseSource('src/a/b.ts', text)], MAY_EXPORT_DEFAULT)).toHaveLength(1);
      expect(checkExports([parseSource('src/index.ts', text)], MAY_EXPORT_DEFAULT)).toEqual([]);
    },
  );

  test.each([
    ['src/task-utils.ts', '', 1],
    ['src/a/lease-manager.ts', '', 1],
    ['src/a.ts', 'export function finalResult() {}', 1],
    ['src/a.ts', 'class EnhancedQueue {}', 1],
    ['src/a.ts', 'export const newTask = 1, taskV2 = 2;', 2],
    ['src/a.ts', 'export type TaskHelper = string;', 1],
    ['src/renewal.ts', 'export const finalise = 1; interface Utility {}', 0],
  ])('%s %s has %i banned words', (path, text, amount) => {
    expect(checkWords([parseSource(path, text)])).toHaveLength(amount);
  });

  test('a type that two files export is found, a type and a value of one file are not', () => {
    const twice = [parseSource('src/a.ts', 'export interface Task {}'), parseSource('src/b.ts', 'export type Task = 1;')];
    expect(checkTypeNames(twice)).toEqual(['the type Task is exported by src/a.ts and src/b.ts']);
    const once = [parseSource('src/a.ts', 'export const Task = 1; export type Task = 1;'), parseSource('src/b.ts', 'type Task = 1;')];
    expect(checkTypeNames(once)).toEqual([]);
  });

  test.each(['// todo: later', '/* FIXME */', '/** X\n * HACK */'])('%s puts work off', (text) => {
    expect(checkUnfinished([parseSource('src/a.ts', text)])).toHaveLength(1);
  });

  test('the same word in code is no comment', () => {
    expect(checkUnfinished([parseSource('src/a.ts', "const a = 'TODO';")])).toEqual([]);
  });
});
