/**
 * The server's log: what went wrong is in it, secrets are not.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openServerLog } from '../../src/server/server-log.ts';
import { temporaryFolder } from '../journal/temporary-folder.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';

let server: TestServer | null = null;

afterEach(async () => {
  await server?.close();
  server = null;
});

test('tells of the start and the end', async () => {
  server = await startTestServer();
  await server.close();
  const lines = server
    .logged()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string });
  expect(lines.map(({ msg }) => msg)).toEqual(['listening', 'shutting down', 'closed']);
});

test('holds no token and no credential, wherever they are put', async () => {
  const written: string[] = [];
  const log = openServerLog({ level: 'trace', destination: { write: (line) => written.push(line) } });
  server = await startTestServer();
  const token = server.tokenOf('admin');
  const credential = server.tokens.credentialOf({ swarm: 'default', session_id: 's-1', incarnation: 1 });
  log.info(
    {
      headers: { authorization: `Bearer ${token}`, 'tutti-session': credential },
      token,
      nested: { secret: 'hunter2', password: 'hunter2' },
    },
    token,
  );
  log.error(new Error(`failed with ${token}`), `and ${credential} too`);
  log.warn({ url: `/x?token=${token}`, list: [credential, { deep: { credential } }] });
  expect(written).toHaveLength(3);
  for (const secret of [token, credential, 'hunter2']) expect(written.join('')).not.toContain(secret);
  expect(written.join('')).toContain('[hidden]');
});

test('does not follow requests, however they end', async () => {
  server = await startTestServer();
  await server.request('/swarm/status');
  await server.request('/nowhere');
  await server.request('/work/add', { body: '{' });
  expect(server.logged().trim().split('\n')).toHaveLength(1);
});

test('goes to a file that only its owner reads', () => {
  const file = join(temporaryFolder(), 'server.log');
  openServerLog({ level: 'info', destination: file }).info('here');
  expect(readFileSync(file, 'utf8')).toContain('"msg":"here"');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
