import { describe, expect, test } from 'vitest';
import { checkDocstrings, checkHeaders } from './check-documentation.ts';
import { parseRepository, parseSource, PRODUCT, WEB } from './source-file.ts';

const sources = [...parseRepository(PRODUCT), ...parseRepository(WEB)];

test('every source file starts with what it owns', () => {
  expect(checkHeaders(sources)).toEqual([]);
});

test('every export has a docstring', () => {
  expect(checkDocstrings(sources)).toEqual([]);
});

describe('the checks themselves', () => {
  const header = '/** Owns the queue of ready tasks. */\n';

  test.each([
    ['', 1],
    ['const a = 1;', 1],
    ["import { b } from './b.ts';\n/** Owns something else here. */", 1],
    ['/** Short. */\nconst a = 1;', 1],
    [`${header}export const a = 1;`, 1],
    [`${header}/** What it is for. */\nexport const a = 1;`, 0],
    [`${header}import { b } from './b.ts';`, 0],
    [`${header}const a = 1;`, 0],
    [`#!/usr/bin/env node\n${header}const a = 1;`, 0],
  ])('%j lacks %i headers', (text, amount) => {
    expect(checkHeaders([parseSource('src/a.ts', text)])).toHaveLength(amount);
  });

  test.each([
    ['export const a = 1;', 1],
    ['// Not a docstring, though long enough.\nexport const a = 1;', 1],
    ['/** a */\nexport const a = 1;', 1],
    ['/** What it is for. */\nconst b = 1;\nexport function a() {}', 1],
    ['export class A {}\nexport interface B {}\nexport type C = 1;', 3],
    ['/** What it is for. */\nexport const a = 1;', 0],
    ['/** What it is for. */\nexport const A = 1;\nexport type A = 1;', 0],
    ['const a = 1;', 0],
  ])('%j lacks %i docstrings', (text, amount) => {
    expect(checkDocstrings([parseSource('src/a.ts', text)])).toHaveLength(amount);
  });
});
