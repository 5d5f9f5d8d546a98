/**
 * What reaches no operation, or reaches it in an odd way: always a clear 4xx, and the server goes on.
 */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, exchange, open } from '../support/raw-http.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { expectProblem } from './expect-problem.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.close());

const ADD = JSON.stringify({ type: 'build', title: 'x' });
const head = (...lines: string[]): string =>
  [`host: localhost`, `authorization: Bearer ${server.tokenOf('admin')}`, ...lines, '', ''].join('\r\n');

describe('a path', () => {
  test.each(['/nowhere', '/session', '/SESSION/register', '/s/default', '/work/request/more', '/api', '//', '/..%2f..%2fetc'])(
    '%s that is none is refused',
    async (path) => {
      expectProblem(await exchange(server.port, `GET ${path} HTTP/1.1\r\n${head()}`), 'operation_unknown');
    },
  );

  test('that exists under another method says which', async () => {
    const response = await server.request('/work/add', { method: 'GET' });
    expectProblem(response, 'method_not_allowed');
    expect(response.headers.get('allow')).toBe('POST');
    for (const [method, path, allow] of [
      ['DELETE', '/work/add', 'POST'],
      ['PATCH', '/s/default/work/claim', 'POST'],
      ['PUT', '/swarm/status', 'GET'],
      ['POST', '/task/t-1', 'GET'],
      ['GET', '/config', 'GET, POST'],
    ] as const) {
      const answer = await server.request(path, { method });
      if (allow.startsWith('GET,')) expect(answer.status).toBe(200);
      else expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    }
  });

  test('is no way to ask for work with HEAD', async () => {
    const response = await fetch(`${server.url}/work/request?session_id=x`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${server.tokenOf('admin')}` },
    });
    expect(response.status).toBe(405);
  });

  test.each(['/session/%', '/session/%zz', '/task/%E0%A4%A'])('%s that cannot be decoded is refused', async (path) => {
    expectProblem(await exchange(server.port, `GET ${path} HTTP/1.1\r\n${head()}`), 'request_malformed');
  });

  test('with a part that is far too long is refused', async () => {
    const response = await server.request(`/task/${'x'.repeat(5000)}`);
    expect([response.status, response.body['code']]).toEqual([400, 'request_malformed']);
    expectProblem(await server.request(`/task/${'x'.repeat(500)}`), 'invalid_input');
  });
});

describe('a body', () => {
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonx',
    'nonsense',
    'application/json-patch+json',
  ])('of type %s is refused', async (type) => {
    expectProblem(await server.request('/work/add', { body: ADD, headers: { 'content-type': type } }), 'unsupported_media_type');
  });

  test('without a type is refused', async () => {
    expectProblem(
      await exchange(server.port, `POST /work/add HTTP/1.1\r\n${head(`content-length: ${ADD.length}`)}${ADD}`),
      'unsupported_media_type',
    );
  });

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])('of type %s is taken', async (type) => {
    expect((await server.request('/work/add', { body: ADD, headers: { 'content-type': type } })).status).toBe(200);
  });

  test('may come in pieces', async () => {
    const pieces = ADD.replaceAll(/[^]/g, '1\r\n$&\r\n');
    const request = `POST /work/add HTTP/1.1\r\n${head('content-type: application/json', 'transfer-encoding: chunked')}${pieces}0\r\n\r\n`;
    expect(await exchange(server.port, request)).toMatchObject({ status: 200, body: { status: 'added' } });
  });

  test('that is too large in pieces is refused, and the connection lives', async () => {
    const socket = await open(server.port);
    const piece = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;
    socket.write(`POST /work/claim HTTP/1.1\r\n${head('content-type: application/json', 'transfer-encoding: chunked')}`);
    for (let sent = 0; sent < 40; sent += 1) socket.write(piece);
    socket.write('0\r\n\r\n');
    expectProblem(await answerOf(socket), 'body_too_large');
    socket.write(`GET /swarm/status HTTP/1.1\r\n${head()}`);
    expect((await answerOf(socket)).status).toBe(200);
    socket.destroy();
  });

  test('that announces gigabytes is refused at once', async () => {
    const request = `POST /work/add HTTP/1.1\r\n${head('content-type: application/json', 'content-length: 5000000000')}{`;
    expectProblem(await exchange(server.port, request), 'body_too_large');
  });

  test('that ends in the middle changes nothing', async () => {
    const before = server.engine.feed.head;
    const socket = await open(server.port);
    socket.write(`POST /work/add HTTP/1.1\r\n${head('content-type: application/json', 'content-length: 500')}${ADD}`);
    await expect.poll(() => socket.bytesWritten).toBeGreaterThan(0);
    socket.destroy();
    await once(socket, 'close');
    expect((await server.request('/swarm/status')).status).toBe(200);
    expect(server.engine.feed.head).toBe(before);
  });

  test('in bad UTF-8 is taken as text with replacement characters, never a crash', async () => {
    const bytes = Buffer.concat([Buffer.from('{"type":"build","title":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const response = await fetch(`${server.url}/work/add`, {
      method: 'POST',
      body: bytes,
      headers: { authorization: `Bearer ${server.tokenOf('admin')}`, 'content-type': 'application/json' },
    });
    expect(response.status).toBe(200);
    const { task_id } = (await response.json()) as { task_id: string };
    expect((await server.request(`/task/${task_id}`)).body['task']).toMatchObject({ title: '\uFFFD\uFFFD' });
  });

  test('and a query that contradict each other are refused; one of them is enough', async () => {
    expectProblem(await server.request('/session/deregister?session_id=a', { body: { session_id: 'b' } }), 'invalid_input');
    expectProblem(await server.request('/session/deregister?session_id=a', { method: 'POST' }), 'session_unknown');
    expectProblem(await server.request('/session/deregister?session_id=a', { body: { session_id: 'a' } }), 'session_unknown');
    expectProblem(await server.request('/session/deregister?session_id=a&session_id=b', { method: 'POST' }), 'invalid_input');
  });
});

describe('bytes that are no HTTP', () => {
  test.each([
    'nonsense\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'GET /\u0000 HTTP/1.1\r\n\r\n',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n',
  ])('%j get a problem', async (bytes) => {
    expectProblem(await exchange(server.port, bytes), 'request_malformed');
  });

  test('and headers without end', async () => {
    expectProblem(
      await exchange(server.port, `GET / HTTP/1.1\r\n${`x-long: ${'x'.repeat(1000)}\r\n`.repeat(200)}\r\n`),
      'request_malformed',
    );
  });

  test('leave the server as it was', async () => {
    expect((await server.request('/readyz', { token: null })).status).toBe(200);
  });
});

describe('every answer', () => {
  test('may be neither stored nor sniffed', async () => {
    for (const path of ['/', '/livez', '/readyz', '/openapi.json', '/swarm/status', '/nowhere']) {
      const { headers } = await server.request(path);
      expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff']);
    }
  });

  test('says nothing of what is inside', async () => {
    const { headers } = await server.request('/swarm/status');
    expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null]);
  });
});

describe('the page at /', () => {
  test('without a built dashboard says how to build it and where the API is, and may load nothing foreign', async () => {
    const { status, headers, body } = await server.request('/', { token: null });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(body['text']).toContain('/openapi.json');
  });
});
