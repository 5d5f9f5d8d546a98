/**
 * Row E14: what hooks take from the configuration is remembered, and never longer than it holds.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentConfiguration } from '../../src/config/agent-configuration.ts';

let root: string;
let env: Record<string, string>;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-remembered-')));
  mkdirSync(join(root, 'project', '.tutti'), { recursive: true });
  env = { HOME: join(root, 'home') };
});

afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 20 }));

const project = (): string => join(root, 'project');
const configure = (text: string): void => writeFileSync(join(project(), '.tutti', 'config.yaml'), text);
const read = (version = '1', flags = {}) => agentConfiguration({ from: project(), env, flags }, version);

/** The one file that remembers. */
function memory(): string {
  const top = join(root, 'home', '.local', 'state', 'tutti', 'configuration');
  const [file = ''] = readdirSync(top, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('agents.json'));
  return join(top, file);
}

/** Changes what is remembered, to see whether it is what counts. */
function tamper(capability: string): void {
  const kept = JSON.parse(readFileSync(memory(), 'utf8')) as { configuration: object };
  writeFileSync(memory(), JSON.stringify({ ...kept, configuration: { ...kept.configuration, capabilities: [capability] } }));
}

test('E14: it is read once, and remembered outside of the project where only its owner reads it', async () => {
  configure('worker: { capabilities: [build] }\nserver: http://127.0.0.1:8600\nswarm: search\nprices: { a: { input: 1, output: 2 } }\n');
  const first = await read();
  expect(first).toEqual({
    server: { url: 'http://127.0.0.1:8600', from_project: true },
    swarm: 'search',
    capabilities: ['build'],
    prices: { a: { input: 1, output: 2 } },
  });
  expect(await read()).toEqual(first);
  expect([statSync(memory()).mode & 0o777, statSync(dirname(memory())).mode & 0o777]).toEqual([0o600, 0o700]);
  tamper('remembered');
  expect((await read()).capabilities).toEqual(['remembered']);
});

test('E14: a changed file, a variable, a flag and another version are noticed', async () => {
  configure('worker: { capabilities: [build] }\n');
  const changes: readonly (readonly [string, () => ReturnType<typeof read>])[] = [
    ['file', () => (configure('worker: { capabilities: [build] }\n'), read())],
    ['version', () => read('2')],
    ['flag', () => read('1', { swarm: 'other' })],
    ['variable', () => ((env['TUTTI_SWARM'] = 'other'), read())],
  ];
  for (const [what, change] of changes) {
    await read();
    tamper('stale');
    expect([what, (await change()).capabilities]).toEqual([what, ['build']]);
  }
  expect((await read()).swarm).toBe('other');
});

test('E14: without a file everything is as it is by default, and what is wrong is remembered by nobody', async () => {
  expect(await read()).toEqual({ server: null, swarm: null, capabilities: [], prices: {} });
  configure('worker: 7\n');
  await expect(read()).rejects.toMatchObject({ code: 'config_invalid' });
  await expect(read()).rejects.toMatchObject({ code: 'config_invalid' });
});

test('E14: a damaged memory and a folder that cannot be written are no obstacle', async () => {
  configure('worker: { capabilities: [build] }\n');
  await read();
  for (const text of ['', '{', '[]', '{"made_of":7}']) {
    writeFileSync(memory(), text);
    expect((await read()).capabilities).toEqual(['build']);
  }
  env['HOME'] = join(root, 'project', '.tutti', 'config.yaml');
  expect((await read()).capabilities).toEqual(['build']);
});
