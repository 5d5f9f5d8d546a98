import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CONFIGURATION_KEYS } from '../../src/config/configuration-schema.ts';
import { journalPlace } from '../../src/config/journal-place.ts';
import { userConfigurationFile } from '../../src/config/configuration-files.ts';
import { loadConfiguration, type ConfiguredValue } from '../../src/config/load-configuration.ts';

let root: string;
let env: Record<string, string>;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-config-')));
  env = { XDG_CONFIG_HOME: join(root, 'xdg') };
});
afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 20 }));

function project(text: string): string {
  return write(join(root, '.tutti', 'config.yaml'), text);
}

function user(text: string): string {
  return write(userConfigurationFile(env), text);
}

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function valueOf(key: string, flags: Record<string, string> = {}): ConfiguredValue | undefined {
  return loadConfiguration({ from: root, env, flags }).values.find((each) => each.key === key);
}

test('without files, variables and flags everything is a default', () => {
  const { configuration, values } = loadConfiguration({ from: root, env });
  expect(configuration).toMatchObject({ swarm: 'default', host: '127.0.0.1', port: 8600, auth: true, journal: 'sqlite:' });
  expect(values.map(({ origin }) => origin.source)).toEqual(values.map(() => 'default'));
  expect(values.find(({ key }) => key === 'settings.heartbeat_interval')?.value).toBe(60);
});

test('flag before environment before project before user before default, each with its origin', () => {
  const userFile = user('port: 1\n');
  expect(valueOf('port')).toEqual({ key: 'port', value: 1, origin: { source: 'user', place: userFile } });
  const projectFile = project('port: 2\n');
  expect(valueOf('port')).toEqual({ key: 'port', value: 2, origin: { source: 'project', place: projectFile } });
  env['TUTTI_PORT'] = '3';
  expect(valueOf('port')).toEqual({ key: 'port', value: 3, origin: { source: 'environment', place: 'TUTTI_PORT' } });
  expect(valueOf('port', { port: '4' })).toEqual({ key: 'port', value: 4, origin: { source: 'flag', place: '--port' } });
});

test('nested values of several places come together', () => {
  user('worker:\n  slots: 3\n');
  project('worker:\n  capabilities: [build, test]\nsettings:\n  offline_after: 20\n');
  env['TUTTI_WORKER_SPECIALTIES'] = 'rust, wasm';
  const { configuration } = loadConfiguration({ from: root, env });
  expect(configuration.worker).toEqual({
    slots: 3,
    permissions: 'edits',
    servers: [],
    capabilities: ['build', 'test'],
    specialties: ['rust', 'wasm'],
  });
  expect(configuration.settings).toEqual({ offline_after: 20 });
});

test('text of variables and flags is read as the kind of the value', () => {
  env['TUTTI_AUTH'] = 'no';
  expect(valueOf('auth')?.value).toBe(false);
  expect(valueOf('worker.capabilities', { 'worker.capabilities': 'a, b,,c' })?.value).toEqual(['a', 'b', 'c']);
  expect(valueOf('settings.offline_after', { 'settings.offline_after': '0.5' })?.value).toBe(0.5);
});

test('the user file lies under XDG_CONFIG_HOME, else under ~/.config', () => {
  expect(userConfigurationFile({ XDG_CONFIG_HOME: '/x' })).toBe('/x/tutti/config.yaml');
  expect(userConfigurationFile({ HOME: '/somebody' })).toBe('/somebody/.config/tutti/config.yaml');
  expect(userConfigurationFile({ XDG_CONFIG_HOME: '', HOME: '/somebody' })).toBe('/somebody/.config/tutti/config.yaml');
});

test('every key has a description and a variable of its own', () => {
  expect(CONFIGURATION_KEYS.filter(({ description }) => description === '').map(({ key }) => key)).toEqual([]);
  const variables = CONFIGURATION_KEYS.map(({ variable }) => variable);
  expect(new Set(variables).size).toBe(variables.length);
});

describe('what is not valid is refused, and its place named', () => {
  test.each([
    ['port: many\n', 'port: must be a number, not string'],
    ['ports: 1\n', 'ports: unknown field'],
    ['worker:\n  slots: 0\n', 'worker.slots: must be at least 1'],
    ['settings:\n  offline_after: -1\n', 'settings.offline_after: must be more than 0'],
    ['- a\n', 'input: must be an object, not array'],
    ['a: [\n', 'Flow sequence'],
  ])('%j in a file', (text, problem) => {
    const place = project(text);
    expect(() => loadConfiguration({ from: root, env })).toThrow(
      expect.objectContaining({ code: 'config_invalid', params: { place, issues: expect.stringContaining(problem) } }),
    );
  });

  test('a variable', () => {
    env['TUTTI_PORT'] = '70000';
    expect(() => loadConfiguration({ from: root, env })).toThrow(
      expect.objectContaining({ code: 'config_invalid', params: { place: 'TUTTI_PORT', issues: 'must be at most 65535' } }),
    );
  });

  test.each([
    ['port', 'x', '--port: must be a number'],
    ['port', '', '--port: must be a number'],
    ['server', 'ftp://x', '--server: must be an http or https address'],
    ['log_level', 'loud', '--log-level: must be trace or debug or info or warn or error or silent'],
    ['journal', 'postgres:x', '--journal: must be `sqlite:FOLDER` or `memory:`'],
    ['worker.slots', '1.5', '--slots: must be a whole number'],
  ])('the flag of %s with %j', (key, text, reason) => {
    expect(() => loadConfiguration({ from: root, env, flags: { [key]: text } })).toThrow(
      expect.objectContaining({ code: 'usage', params: { reason } }),
    );
  });
});

describe('where journals lie', () => {
  const data = (): string => join(root, '.tutti');

  test('in the data folder, those of further swarms below it', () => {
    mkdirSync(join(data(), 'swarms', 'payments'), { recursive: true });
    mkdirSync(join(data(), 'swarms', '.hidden'), { recursive: true });
    const place = journalPlace(loadConfiguration({ from: root, env, flags: { swarm: 'search' } }), { data: data(), from: root });
    expect(place.swarms).toEqual(['default', 'payments', 'search']);
    expect(place.folderOf('default')).toBe(data());
    expect(place.folderOf('search')).toBe(join(data(), 'swarms', 'search'));
  });

  test('a relative folder starts where it was named', () => {
    const from = join(root, 'here');
    const flags = { journal: 'sqlite:logs' };
    expect(journalPlace(loadConfiguration({ from, env, flags }), { data: data(), from }).folder).toBe(join(from, 'logs'));
    project('journal: sqlite:logs\n');
    expect(journalPlace(loadConfiguration({ from, env }), { data: data(), from }).folder).toBe(join(root, 'logs'));
  });

  test('nowhere in memory', () => {
    const place = journalPlace(loadConfiguration({ from: root, env, flags: { journal: 'memory:' } }), { data: data(), from: root });
    expect(place.folder).toBeNull();
    expect(place.folderOf('default')).toBeNull();
  });
});

test('E4: what the reference shows as an example is a configuration, and every field of a table says what it means', () => {
  const reference = readFileSync(join(import.meta.dirname, '../../docs/reference/configuration.md'), 'utf8');
  const examples = Array.from(reference.matchAll(/```yaml\n([^]*?)```/g), ([, text = '']) => text);
  expect(examples.length).toBe(2);
  for (const text of examples) {
    project(text);
    expect(loadConfiguration({ from: root, env }).values.some(({ origin }) => origin.source === 'project')).toBe(true);
  }
  const fields = reference.slice(reference.indexOf('## Tables')).split('\n');
  expect(fields.filter((line) => line.startsWith('| `')).length).toBeGreaterThan(25);
  expect(fields.filter((line) => /^\| `.*\|\s*\|$/.test(line))).toEqual([]);
});
