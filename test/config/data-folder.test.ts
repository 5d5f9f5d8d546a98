import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseDataFolder, dataFiles, findDataFolder, makeDataFolder, requireDataFolder } from '../../src/config/data-folder.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-data-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 20 }));

function folder(...parts: string[]): string {
  const path = join(root, ...parts);
  mkdirSync(path, { recursive: true });
  return path;
}

test('the nearest .tutti upwards is the data folder', () => {
  const deep = folder('project', 'a', 'b');
  const data = folder('project', '.tutti');
  folder('.tutti');
  expect(findDataFolder({ from: deep, env: {} })).toBe(data);
  expect(findDataFolder({ from: root, env: {} })).toBe(join(root, '.tutti'));
});

test('a flag is stronger than TUTTI_DATA, and TUTTI_DATA than the search; both may be relative', () => {
  folder('.tutti');
  expect(findDataFolder({ from: root, env: { TUTTI_DATA: 'elsewhere' } })).toBe(join(root, 'elsewhere'));
  expect(findDataFolder({ from: root, env: { TUTTI_DATA: 'elsewhere' }, flag: '/srv/tutti' })).toBe('/srv/tutti');
  expect(findDataFolder({ from: root, env: { TUTTI_DATA: '' } })).toBe(join(root, '.tutti'));
});

test('a file named .tutti is no data folder', () => {
  const deep = folder('a');
  execFileSync('touch', [join(root, 'a', '.tutti')]);
  expect(findDataFolder({ from: deep, env: {} })).toBeNull();
});

test('a fresh one lies at the top of the repository, or here where there is none', () => {
  const deep = folder('repo', 'src');
  expect(chooseDataFolder({ from: deep, env: {} })).toBe(join(deep, '.tutti'));
  folder('repo', '.git');
  expect(chooseDataFolder({ from: deep, env: {} })).toBe(join(root, 'repo', '.tutti'));
});

test('it is made for its owner only, and git sees nothing of it but the configuration', () => {
  const project = folder('repo');
  execFileSync('git', ['init', '-q', project]);
  const data = join(project, '.tutti');
  expect(makeDataFolder(data)).toEqual(dataFiles(data));
  expect(statSync(data).mode & 0o777).toBe(0o700);
  execFileSync('touch', [join(data, 'token'), join(data, 'config.yaml')]);
  expect(execFileSync('git', ['-C', project, 'status', '--short', '-uall'], { encoding: 'utf8' })).toBe('?? .tutti/config.yaml\n');
});

test('making it again keeps what is there', () => {
  const data = join(root, '.tutti');
  makeDataFolder(data);
  const before = readFileSync(join(data, '.gitignore'), 'utf8');
  makeDataFolder(data);
  expect(readFileSync(join(data, '.gitignore'), 'utf8')).toBe(before);
  expect(existsSync(data)).toBe(true);
});

test.each(['/proc/nowhere', '/dev/null', '/dev/null/below'])('%s cannot be one, and that is said at once', (path) => {
  expect(() => makeDataFolder(path)).toThrow(expect.objectContaining({ code: 'data_folder_unusable' }));
});

test('where one is needed and there is none, that is said', () => {
  expect(() => requireDataFolder({ from: root, env: {} })).toThrow(expect.objectContaining({ code: 'data_folder_missing' }));
  const named = { from: root, env: {}, flag: 'nowhere' };
  expect(() => requireDataFolder(named)).toThrow(expect.objectContaining({ params: { folder: join(root, 'nowhere') } }));
});
