import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load-configuration.ts';
import { temporaryFolder } from '../host/host-fixture.ts';

test('C2: roles are bound to runners by configuration; the five are there from the start', async () => {
  const folder = await temporaryFolder();
  const env = { HOME: folder };
  const { roles } = loadConfiguration({ from: folder, env }).configuration;
  expect(Object.fromEntries(Object.entries(roles).map(([name, role]) => [name, role.runner]))).toEqual({
    analyst: 'anthropic',
    implementer: 'codex',
    validator: 'anthropic',
    integrator: 'acp',
    reasoner: 'deepseek',
  });
  await mkdir(join(folder, '.tutti'));
  const own = 'roles:\n  analyst: { runner: openai, model: m-1 }\n  poet: { runner: claude }\nprices:\n  m-1: { input: 2, output: 8 }\n';
  await writeFile(join(folder, '.tutti', 'config.yaml'), own);
  const { configuration } = loadConfiguration({ from: folder, env });
  expect(configuration.roles['analyst']).toEqual({ runner: 'openai', model: 'm-1', servers: [], instructions: '' });
  expect(configuration.roles['poet']).toMatchObject({ runner: 'claude' });
  // Naming one takes none of the others away.
  expect(Object.keys(configuration.roles)).toEqual([...Object.keys(roles), 'poet']);
  expect(configuration.roles['reasoner']).toEqual(roles['reasoner']);
  expect(configuration.prices).toEqual({ 'm-1': { input: 2, output: 8 } });
});

test('C2: a table comes as JSON from the environment; what is none is refused', async () => {
  const folder = await temporaryFolder();
  const of = (TUTTI_PRICES: string) => loadConfiguration({ from: folder, env: { HOME: folder, TUTTI_PRICES } }).configuration.prices;
  expect(of('{"m":{"input":1,"output":2}}')).toEqual({ m: { input: 1, output: 2 } });
  expect(() => of('cheap')).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  expect(() => of('{"m":{"input":-1,"output":2}}')).toThrow(expect.objectContaining({ code: 'config_invalid' }));
});
