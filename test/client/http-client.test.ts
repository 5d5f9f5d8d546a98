/**
 * The HTTP client against real sockets: requests as the operations table says, failures as the server says,
 * retries that keep the command id.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpClient } from '../../src/client/http-client.ts';
import { clientClock } from '../../src/client/system-ports.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Breaks the connection instead of answering. */
  readonly broken?: true;
  /** Never answers. */
  readonly silent?: true;
}

let server: Server | null = null;
const seen: Seen[] = [];

/** A server that gives these answers in turn, the last one for ever. */
async function serve(...answers: Answer[]): Promise<string> {
  seen.length = 0;
  const started = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const answer = answers[Math.min(seen.length, answers.length - 1)] as Answer;
      seen.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: text === '' ? {} : JSON.parse(text),
      });
      if (answer.broken) request.socket.destroy();
      else if (!answer.silent) {
        response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
        response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
      }
    });
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

afterEach(close);

async function close(): Promise<void> {
  const closing = server;
  server = null;
  if (closing === null) return;
  closing.closeAllConnections();
  await new Promise((resolve) => closing.close(resolve));
}

const QUICK = { first_delay_ms: 1, longest_delay_ms: 2 };

describe('requests', () => {
  test('a name that makes the path of another operation goes through the batch door, and is answered as alone', async () => {
    const unknown = { code: 'task_unknown', params: { task_id: 'list' } };
    const url = await serve(
      { status: 200, body: { results: [{ ok: true, output: { task: { id: 'dead' } } }] } },
      { status: 200, body: { results: [{ ok: false, error: unknown }] } },
      { status: 200, body: {} },
    );
    const client = createHttpClient({ url, token: null, swarm: 'other', retry: { attempts: 1 } });
    expect(await client.call('task.show', { task_id: 'dead' })).toEqual({ task: { id: 'dead' } });
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/s/other/batch',
      body: { calls: [{ operation: 'task.show', input: { task_id: 'dead' } }] },
    });
    await expect(client.call('task.show', { task_id: 'list' })).rejects.toMatchObject({ code: 'task_unknown' });
    await expect(client.call('session.show', { session_id: 'list' })).rejects.toMatchObject({ code: 'server_unreachable' });
  });

  test('a POST carries the input, the token, the session credential and a command_id', async () => {
    const url = await serve({ status: 200, body: { status: 'registered', incarnation: 7, more: 'from a newer server' } });
    const client = createHttpClient({ url: `${url}/`, token: 'secret', credential: () => 'cred' });
    const answer = await client.call('session.register', { session_id: 'a', capabilities: ['build'] });
    expect(answer).toEqual({ status: 'registered', incarnation: 7, more: 'from a newer server' });
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/session/register',
      headers: { authorization: 'Bearer secret', 'tutti-session': 'cred', 'content-type': 'application/json' },
      body: { session_id: 'a', capabilities: ['build'], command_id: expect.stringMatching(/^[0-9a-f]{24}-1$/) },
    });
  });

  test('a GET carries its input in the query, a path parameter in the path, and a named swarm in front', async () => {
    const url = await serve({ status: 200, body: {} });
    const client = createHttpClient({ url, token: null, swarm: 'red' });
    await client.call('task.list', { status: 'pending', limit: 5 });
    await client.call('task.show', { task_id: 'a:b/c' });
    await client.call('task.cancel', { task_id: 'build-001', reason: 'no need', command_id: 'mine' });
    expect(seen.map((each) => `${each.method} ${each.url}`)).toEqual([
      'GET /s/red/task/list?status=pending&limit=5',
      'GET /s/red/task/a%3Ab%2Fc',
      'POST /s/red/task/build-001/cancel',
    ]);
    expect(seen[2]?.body).toEqual({ reason: 'no need', command_id: 'mine' });
    expect(seen[0]?.headers.authorization).toBeUndefined();
  });
});

describe('failures', () => {
  test("a problem becomes the server's Failure and is not repeated", async () => {
    const problem = { code: 'task_taken', params: { task_id: 't', holder: 'b', nested: { a: 1 } }, detail: 'x' };
    const url = await serve({ status: 409, body: problem, headers: { 'content-type': 'application/problem+json' } });
    const call = createHttpClient({ url, token: null, retry: QUICK }).call('work.claim', { session_id: 'a', task_id: 't' });
    await expect(call).rejects.toMatchObject({ code: 'task_taken', params: { task_id: 't', holder: 'b' } });
    expect(seen).toHaveLength(1);
  });

  test('a code of a newer server is told in its own words', async () => {
    const url = await serve({ status: 409, body: { code: 'moon_full', detail: 'The moon is full.' } });
    const call = createHttpClient({ url, token: null }).call('swarm.status', {});
    await expect(call).rejects.toMatchObject({ code: 'internal', params: { reason: 'The moon is full.' } });
  });

  test.each([
    ['a page instead of JSON', { status: 200, body: '<html>' }],
    ['a gateway without Tutti behind it', { status: 502, body: '<html>' }],
    ['a broken connection', { status: 0, broken: true }],
  ] as const)('%s is server_unreachable, after every attempt', async (_name, answer) => {
    const url = await serve(answer);
    const call = createHttpClient({ url, token: null, retry: { ...QUICK, attempts: 2 } }).call('swarm.status', {});
    await expect(call).rejects.toMatchObject({ code: 'server_unreachable', params: { url } });
    expect(seen).toHaveLength(2);
  });

  test('E17: nothing listens: server_unreachable names the address and why', async () => {
    const url = await serve({ status: 200 });
    await close();
    const call = createHttpClient({ url, token: null, retry: { attempts: 1 } }).call('swarm.status', {});
    await expect(call).rejects.toMatchObject({
      code: 'server_unreachable',
      params: { url, reason: expect.stringContaining('ECONNREFUSED') },
    });
  });

  test('no answer in time is server_unreachable, and an aborted call says so', async () => {
    const url = await serve({ status: 200, silent: true });
    const client = createHttpClient({ url, token: null, retry: QUICK });
    await expect(client.call('swarm.status', {}, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'server_unreachable' });
    const ending = new AbortController();
    const call = client.call('swarm.status', {}, { signal: ending.signal });
    ending.abort();
    await expect(call).rejects.toMatchObject({ code: 'call_aborted', params: { operation: 'swarm.status' } });
    await expect(client.call('swarm.status', {}, { signal: ending.signal })).rejects.toMatchObject({ code: 'call_aborted' });
  });
});

describe('retries', () => {
  test('a lost connection and a passing failure are retried under the same command_id', async () => {
    const url = await serve(
      { status: 0, broken: true },
      { status: 503, body: { code: 'journal_failed', params: { reason: 'disk' } } },
      { status: 200, body: { status: 'added', task_id: 'a', task_ids: ['a'] } },
    );
    const client = createHttpClient({ url, token: null, retry: QUICK });
    await expect(client.call('work.add', { type: 'a', title: 'b' })).resolves.toMatchObject({ task_id: 'a' });
    const ids = new Set(seen.map((each) => each.body['command_id']));
    expect([seen.length, ids.size]).toEqual([3, 1]);
    await client.call('work.add', { type: 'a', title: 'b' });
    expect(seen[3]?.body['command_id']).not.toBe(seen[0]?.body['command_id']);
  });

  test.each([
    ['in the problem', { status: 429, body: { code: 'too_many_requests', params: { reason: 'x' }, retry_after: 4 } }],
    ['in the header', { status: 429, body: { code: 'too_many_requests' }, headers: { 'retry-after': '4' } }],
  ] as const)('waits as long as retry_after %s says', async (_name, refusal) => {
    const url = await serve(refusal, { status: 200, body: {} });
    const pauses: number[] = [];
    const clock = {
      ...clientClock,
      after: (ms: number, run: () => void) => {
        if (ms !== 30_000) pauses.push(ms);
        const timer = setTimeout(run, ms === 30_000 ? ms : 0);
        return () => clearTimeout(timer);
      },
    };
    await createHttpClient({ url, token: null, retry: QUICK, clock }).call('swarm.status', {});
    expect(pauses).toHaveLength(1);
    expect(pauses[0]).toBeGreaterThanOrEqual(4000);
  });
});
