import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { productionPackages, refusedLicences } from './check-licences.ts';
import { ROOT } from './source-file.ts';

test('every production dependency has a licence that an Apache-2.0 product may ship with', () => {
  const packages = productionPackages(ROOT);
  expect(packages.length).toBeGreaterThan(5);
  expect(refusedLicences(packages)).toEqual([]);
});

describe('the check itself', () => {
  function install(folder: string, manifest: object): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  }

  test('follows dependencies of dependencies, and no development dependency', () => {
    const root = mkdtempSync(join(tmpdir(), 'tutti-licences-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    install(root, { dependencies: { a: '1' }, devDependencies: { d: '1' }, optionalDependencies: { absent: '1' } });
    install(join(root, 'node_modules/a'), { name: 'a', version: '1.0.0', license: 'MIT', dependencies: { b: '1' } });
    install(join(root, 'node_modules/a/node_modules/b'), { name: 'b', version: '1.0.0', license: 'GPL-3.0-only' });
    install(join(root, 'node_modules/b'), { name: 'b', version: '2.0.0', license: 'MIT' });
    install(join(root, 'node_modules/d'), { name: 'd', version: '1.0.0', license: 'GPL-3.0-only' });
    expect(refusedLicences(productionPackages(root))).toEqual(['b@1.0.0: GPL-3.0-only']);
    install(root, { dependencies: { gone: '1' } });
    expect(() => productionPackages(root)).toThrow('gone');
  });

  test.each([
    ['MIT', true],
    ['(MIT OR GPL-2.0-only)', true],
    ['MIT AND BSD-3-Clause', true],
    ['MIT AND GPL-2.0-only', false],
    ['SEE LICENSE IN LICENSE', false],
    ['none', false],
    ['AGPL-3.0', false],
  ])('%s: %s', (license, allowed) => {
    expect(refusedLicences([{ name: 'a', license }])).toHaveLength(allowed ? 0 : 1);
  });
});
