/**
 * The known faults of others (R1 … R34) in SPEC.md: whatever stands there as tested has a test of that name where it is said to
 * be, and each fault stands there.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const ALL = Array.from({ length: 34 }, (_, index) => `R${index + 1}`);
const SPEC = readFileSync(join(ROOT, 'SPEC.md'), 'utf8');
const WORLDS = 'test/simulation/simulation.test.ts';

/** The faults that a row of the table names, ranges spelled out. */
function named(row: string): string[] {
  const text = SPEC.split('\n').find((line) => line.startsWith(`| ${row} |`)) ?? '';
  return [...text.matchAll(/\bR(\d+)(?:–R?(\d+))?\b/g)].flatMap(([, first, last]) => ALL.slice(Number(first) - 1, Number(last ?? first)));
}

/** What stands in quotes in a file, comments apart: the names of its tests among it. */
function namesIn(file: string): string {
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
  return lines.filter((line) => /['"`]/.test(line) && !/^\s*(?:\/?\*|\/\/)/.test(line)).join('\n');
}

const FILES = ['src', 'test'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
    .map((file) => join(folder, file)),
);

test('every known fault stands in SPEC.md', () => {
  const said = new Set([
    ...named('here, by name'),
    ...named('here, in every simulated world'),
    ...named('to come with PostgreSQL and Redis'),
  ]);
  expect(ALL.filter((fault) => !said.has(fault))).toEqual([]);
});

test('whatever is said to be tested by name has a test of that name', () => {
  const names = FILES.filter((file) => file !== WORLDS).map(namesIn);
  const missing = named('here, by name').filter((fault) => !names.some((each) => new RegExp(`\\b${fault}\\b`).test(each)));
  expect(missing).toEqual([]);
});

test('whatever is said to hold in every simulated world stands in the name of their test', () => {
  const worlds = namesIn(WORLDS);
  expect(named('here, in every simulated world').filter((fault) => !new RegExp(`\\b${fault}\\b`).test(worlds))).toEqual([]);
});
