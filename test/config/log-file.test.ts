import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogFile } from '../../src/config/log-file.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tutti-log-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 20 }));

test('lines are appended, also by the next one that opens it', () => {
  const path = join(root, 'server.log');
  for (const line of ['a\n', 'b\n']) {
    const log = openLogFile(path);
    log.write(line);
    log.close();
  }
  expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a full file starts anew, and the lines before stay in one other', () => {
  const path = join(root, 'server.log');
  const log = openLogFile(path, 8);
  for (const line of ['one\n', 'two\n', 'three\n', 'four\n']) log.write(line);
  log.close();
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('one\ntwo\nthree\n');
  expect(readFileSync(path, 'utf8')).toBe('four\n');
});

test('a write that fails is dropped', () => {
  const log = openLogFile(join(root, 'server.log'));
  log.close();
  expect(() => log.write('late\n')).not.toThrow();
});
