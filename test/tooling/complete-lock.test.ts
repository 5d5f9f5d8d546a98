import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { completeLock, missingOptional, type Lockfile } from '../../scripts/complete-lock.ts';

test('the lock has every optional dependency, so npm ci takes it on every platform (npm run lock:complete)', () => {
  const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as Lockfile;
  expect(missingOptional(lock)).toEqual([]);
});

test('a missing platform gets an entry; what is there stays', () => {
  const present = { version: '2.0.0', os: ['linux'], cpu: ['x64'] };
  const lock: Lockfile = {
    packages: {
      '': {},
      'node_modules/a': {
        version: '2.0.0',
        dev: true,
        license: 'MIT',
        optionalDependencies: { 'a-linux-x64': '2.0.0', 'a-darwin-arm64': '2.0.0' },
      },
      'node_modules/a-linux-x64': present,
      'node_modules/b/node_modules/c': {
        version: '1.0.0',
        optionalDependencies: { 'c-linux-arm64-musl': '1.0.0', 'b-win32-ia32': '1.0.0' },
      },
      'node_modules/b/node_modules/b-win32-ia32': { version: '1.0.0' },
    },
  };
  expect(completeLock(lock)).toEqual(['a-darwin-arm64', 'c-linux-arm64-musl']);
  expect(lock.packages['node_modules/a-darwin-arm64']).toEqual({
    version: '2.0.0',
    os: ['darwin'],
    cpu: ['arm64'],
    dev: true,
    license: 'MIT',
    optional: true,
  });
  expect(lock.packages['node_modules/c-linux-arm64-musl']).toMatchObject({ os: ['linux'], cpu: ['arm64'], libc: ['musl'] });
  expect(lock.packages['node_modules/a-linux-x64']).toBe(present);
  expect(missingOptional(lock)).toEqual([]);
});

test('a WebAssembly build is for no system in particular', () => {
  const lock: Lockfile = { packages: { 'node_modules/a': { version: '1.0.0', optionalDependencies: { 'a-wasm32-wasi': '1.0.0' } } } };
  completeLock(lock);
  expect(lock.packages['node_modules/a-wasm32-wasi']).toEqual({ version: '1.0.0', cpu: ['wasm32'], optional: true });
});

test('a name that tells no platform is an error', () => {
  const lock: Lockfile = { packages: { 'node_modules/a': { version: '1.0.0', optionalDependencies: { fsevents: '~2.3.3' } } } };
  expect(() => completeLock(lock)).toThrow('fsevents');
});
