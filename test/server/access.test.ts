/**
 * Who may do what: tokens, roles, session credentials, Host and Origin. C8 in part.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATIONS, type OperationName } from '../../src/contract/operations.ts';
import { ROLES } from '../../src/contract/roles.ts';
import { get } from '../support/raw-http.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { expectProblem } from './expect-problem.ts';
import { firstPath } from './operation-calls.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    swarms: ['default', 'other'],
    allowedHosts: ['tutti.example.org'],
    allowedOrigins: ['https://tutti.example.org'],
  });
});

afterAll(() => server.close());

const ADD = { type: 'build', title: 'x' };

describe('a token', () => {
  test('is asked for by every operation', async () => {
    const { head } = server.engine.feed;
    for (const { paths } of Object.values(OPERATIONS)) {
      for (const { method, path } of paths) {
        const url = path.replaceAll(/\{\w+\}/g, 'x');
        const response = await server.request(url, { method, token: null, ...(method === 'POST' ? { body: {} } : {}) });
        expectProblem(response, 'unauthenticated');
        expect(response.headers.get('www-authenticate')).toBe('Bearer');
      }
    }
    expectProblem(await server.request('/batch', { body: { calls: [] }, token: null }), 'unauthenticated');
    expect(server.engine.feed.head).toBe(head);
  });

  test('that is tampered with, foreign or no bearer token is refused', async () => {
    const token = server.tokenOf('admin');
    const flipped = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A');
    for (const wrong of [flipped, token.replace('admin', 'viewer'), `${token}x`, token.slice(0, -1), 'x', '', 'tutti_admin_']) {
      expectProblem(await server.request('/swarm/status', { token: wrong }), 'unauthenticated');
    }
    for (const authorization of [token, `Basic ${token}`, `Bearer${token}`, 'Bearer', `Bearer ${token} ${token}`]) {
      expectProblem(await server.request('/swarm/status', { token: null, headers: { authorization } }), 'unauthenticated');
    }
  });

  test('is taken whatever the case of its scheme', async () => {
    const headers = { authorization: `bearer  ${server.tokenOf('viewer')}` };
    expect((await server.request('/swarm/status', { token: null, headers })).status).toBe(200);
  });
});

describe('a role', () => {
  const cases = (Object.keys(OPERATIONS) as OperationName[]).flatMap((name) =>
    ROLES.map((role) => ({ name, role, needed: OPERATIONS[name].role })),
  );

  test.each(cases)('$role may do $name only from $needed on', async ({ name, role, needed }) => {
    const { method, path } = firstPath(name);
    const url = path.replaceAll(/\{\w+\}/g, '-');
    const response = await server.request(url, { method, token: server.tokenOf(role), ...(method === 'POST' ? { body: { zz: 1 } } : {}) });
    if (ROLES.indexOf(role) < ROLES.indexOf(needed)) {
      expectProblem(response, 'forbidden');
      expect(response.body['params']).toEqual({ role, operation: name, needed });
    } else {
      expect(response.status === 401 || response.status === 403).toBe(false);
    }
  });

  test('is checked before the body is looked at', async () => {
    expectProblem(await server.request('/work/add', { body: '{nonsense', token: server.tokenOf('viewer') }), 'forbidden');
  });

  test('is what events name as their actor', async () => {
    await server.request('/work/add', { body: ADD, token: server.tokenOf('worker') });
    expect((await server.request('/event/list?limit=1')).body['events']).toMatchObject([{ type: 'task_added', actor: 'role:worker' }]);
  });
});

describe('a session credential', () => {
  const register = async (session_id: string, swarm = ''): Promise<string> => {
    const body = { session_id, capabilities: ['build'], wants_work: false };
    return String((await server.request(`${swarm}/session/register`, { body })).body['credential']);
  };
  const beat = (session_id: string, credential: string, path = '') =>
    server.request(`${path}/session/heartbeat`, { body: { session_id, status: 'busy' }, headers: { 'tutti-session': credential } });

  test('lets the session speak for itself, and events name it', async () => {
    const credential = await register('c-1');
    expect((await beat('c-1', credential)).status).toBe(200);
    const { body } = await server.request('/event/list?limit=1');
    expect(body['events']).toMatchObject([{ type: 'session_reported', actor: 'session:c-1' }]);
  });

  test('does not let it speak for another', async () => {
    const credential = await register('c-2');
    await register('c-3');
    expectProblem(await beat('c-3', credential), 'credential_invalid');
  });

  test('ends with its incarnation', async () => {
    const credential = await register('c-4');
    await register('c-4');
    expectProblem(await beat('c-4', credential), 'incarnation_stale');
  });

  test('is worth nothing when it is tampered with', async () => {
    const credential = await register('c-5');
    const [claim = '', mac = ''] = credential.replace('tutti_session_', '').split('.');
    const forged = Buffer.from(Buffer.from(claim, 'base64url').toString().replace('c-5', 'c-6')).toString('base64url');
    for (const wrong of [
      `tutti_session_${forged}.${mac}`,
      `tutti_session_${claim}.${mac.slice(1)}`,
      `tutti_session_${claim}`,
      'x',
      'x'.repeat(5000),
    ]) {
      expectProblem(await beat('c-5', wrong), 'credential_invalid');
    }
  });

  test('counts in its own swarm only', async () => {
    const credential = await register('c-7', '/s/other');
    await register('c-7');
    expect((await beat('c-7', credential, '/s/other')).status).toBe(200);
    expectProblem(await beat('c-7', credential), 'credential_invalid');
  });

  test('is no token', async () => {
    const credential = await register('c-8');
    expectProblem(await server.request('/swarm/status', { token: credential }), 'unauthenticated');
  });
});

describe('without authentication', () => {
  test('bare calls are an admin, and a wrong token is still refused', async () => {
    const open = await startTestServer({ auth: false });
    try {
      expect((await open.request('/config', { body: { settings: { policy: 'fifo' } }, token: null })).status).toBe(200);
      expect((await open.request('/event/list?limit=1', { token: null })).body['events']).toMatchObject([{ actor: 'role:admin' }]);
      expectProblem(await open.request('/swarm/status', { token: 'tutti_admin_wrong' }), 'unauthenticated');
      expectProblem(await open.request('/work/add', { body: ADD, token: open.tokenOf('viewer') }), 'forbidden');
    } finally {
      await open.close();
    }
  });
});

describe('the Host header', () => {
  const ask = (host: string) => get(server.port, '/swarm/status', { host, authorization: `Bearer ${server.tokenOf('viewer')}` });

  test.each(['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST', 'tutti.example.org'])('%s is answered to', async (host) => {
    expect((await ask(`${host}:${server.port}`)).status).toBe(200);
    expect((await ask(host)).status).toBe(200);
  });

  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '', 'tutti.example.org.evil', '10.0.0.1', '[::2]'])(
    '%s is refused',
    async (host) => {
      expectProblem(await ask(host), 'host_refused');
    },
  );

  test('is checked for pages and unknown paths too, but not for probes', async () => {
    for (const path of ['/', '/openapi.json', '/nowhere'])
      expectProblem(await get(server.port, path, { host: 'evil.example' }), 'host_refused');
    for (const path of ['/livez', '/readyz']) expect((await get(server.port, path, { host: '10.1.2.3' })).status).toBe(200);
  });
});

describe('the Origin of a page', () => {
  const bearer = () => `Bearer ${server.tokenOf('admin')}`;
  const changes = (Object.keys(OPERATIONS) as OperationName[]).filter((name) => OPERATIONS[name].kind === 'command');

  test.each(changes)('that is foreign may not do %s', async (name) => {
    const { method, path } = firstPath(name);
    const { head } = server.engine.feed;
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${server.port + 1}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const url = path.replaceAll(/\{\w+\}/g, 'x');
      expectProblem(await server.request(url, { method, headers, ...(method === 'POST' ? { body: {} } : {}) }), 'origin_refused');
    }
    expect(server.engine.feed.head).toBe(head);
  });

  test('that is foreign may not send a batch', async () => {
    expectProblem(await server.request('/batch', { body: { calls: [] }, headers: { origin: 'https://evil.example' } }), 'origin_refused');
  });

  test('that is the server itself or a configured one may change state', async () => {
    for (const origin of [`http://127.0.0.1:${server.port}`, 'https://tutti.example.org']) {
      expect((await server.request('/work/add', { body: ADD, headers: { origin } })).status).toBe(200);
    }
    for (const site of ['same-origin', 'none']) {
      expect((await server.request('/work/add', { body: ADD, headers: { 'sec-fetch-site': site } })).status).toBe(200);
    }
  });

  test('gets no permission to read answers', async () => {
    const response = await get(server.port, '/swarm/status', {
      host: 'localhost',
      origin: 'https://evil.example',
      authorization: bearer(),
    });
    expect(response.status).toBe(200);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    const preflight = await server.request('/work/add', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expectProblem(preflight, 'method_not_allowed');
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a swarm', () => {
  test('is named in the path, and the others do not see what happens there', async () => {
    await server.request('/s/other/work/add', { body: { ...ADD, id: 'only-here' } });
    expect((await server.request('/s/other/task/only-here')).status).toBe(200);
    expectProblem(await server.request('/task/only-here'), 'task_unknown');
    expect((await server.request('/s/default/swarm/status')).body).toMatchObject({ swarm: 'default' });
  });

  test('that does not exist is refused, whatever the path', async () => {
    for (const swarm of ['nope', 'a%2Fb', 'DEFAULT', 'x'.repeat(300)])
      expectProblem(await server.request(`/s/${swarm}/swarm/status`), 'swarm_unknown');
  });
});
