import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { outdatedReference } from '../../scripts/generate-reference.ts';
import { routesText } from '../../scripts/reference/client-routes.ts';
import { errorsText } from '../../scripts/reference/errors-reference.ts';
import { markdownTable } from '../../scripts/reference/generator.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tutti-reference-'));
});
afterEach(() => rmSync(root, { recursive: true }));

test('a missing or changed file is out of date until it is written', async () => {
  const generators = [{ file: 'docs/a.md', generate: () => 'text\n' }];
  expect(await outdatedReference(root, generators, false)).toEqual(['docs/a.md']);
  expect(await outdatedReference(root, generators, true)).toEqual(['docs/a.md']);
  expect(readFileSync(join(root, 'docs/a.md'), 'utf8')).toBe('text\n');
  expect(await outdatedReference(root, generators, false)).toEqual([]);
  writeFileSync(join(root, 'docs/a.md'), 'edited\n');
  expect(await outdatedReference(root, generators, false)).toEqual(['docs/a.md']);
});

test('the reference of errors has a row per code', () => {
  const text = errorsText({ full: { message: 'Full | {x}', http: 409, exit: 6, retryable: true, hint: 'Wait.' } });
  expect(text).toContain(String.raw`| ${'`full`'} | Full \| {x} | 409 | 6 | yes | Wait. |`);
});

test('the routes of the client have a line per operation, and none goes without a path', () => {
  const paths = [
    { method: 'GET', path: '/a/{id}' },
    { method: 'POST', path: '/b' },
  ] as const;
  expect(routesText({ 'a.show': { kind: 'query', role: 'viewer', paths } })).toContain(
    `  'a.show': { kind: 'query', role: 'viewer', method: 'GET', path: '/a/{id}' },\n`,
  );
  const taken = routesText({
    'a.show': { kind: 'query', role: 'viewer', paths },
    'a.list': { kind: 'query', role: 'viewer', paths: [{ method: 'GET', path: '/a/list' }] },
  });
  expect(taken).toContain(`new Set([\n  'GET /a/list',\n]);`);
  expect(() => routesText({ 'a.show': { kind: 'query', role: 'viewer', paths: [] } })).toThrow('a.show has no path');
});

test('cells cannot break a table', () => {
  expect(markdownTable(['a'], [['1|2\n3']])).toBe(['| a |', '| --- |', String.raw`| 1\|2 3 |`].join('\n'));
});
