/** tutti open (C12): an address that signs a browser in, once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { Project } from './tutti.ts';

let server: TestServer;
const project = new Project();
beforeAll(async () => {
  server = await startTestServer({ swarms: ['default', 'demo'] });
});
afterAll(async () => {
  await project.remove();
  await server.close();
});

/** The environment of somebody who knows the server. */
const env = (token: string): Record<string, string> => ({ TUTTI_SERVER: server.url, TUTTI_TOKEN: token });

test('C12: prints an address with a ticket where nobody sits at a terminal; it is good once', async () => {
  const { code, stdout } = await project.run(['open'], { env: env(server.tokenOf('operator')) });
  const url = new URL(stdout.trim());
  expect([code, url.origin, url.pathname]).toEqual([0, server.url, '/']);
  const ticket = new URLSearchParams(url.hash.slice(1)).get('ticket');
  const first = await server.request('/page/session', { body: { ticket }, token: null });
  expect([first.status, first.body['role']]).toEqual([200, 'operator']);
  expect((await server.request('/page/session', { body: { ticket }, token: null })).status).toBe(401);
});

test('names the swarm in the path, and is JSON for programs', async () => {
  const { stdout } = await project.run(['open', '--swarm', 'demo', '--json'], { env: env(server.tokenOf('viewer')) });
  const { url } = JSON.parse(stdout) as { readonly url: string };
  expect(new URL(url).pathname).toBe('/s/demo/');
});

test('a token that is none is refused with what to do', async () => {
  const { code, stderr } = await project.run(['open'], { env: env('tutti_admin_wrong') });
  expect([code, stderr]).toEqual([4, expect.stringContaining('[unauthenticated]')]);
});
