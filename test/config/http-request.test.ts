/**
 * Row E14: the requests of hooks and commands over Node's own client, against real sockets.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { httpRequest } from '../../src/config/http-request.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const send = (url: string, body: string | null = null, signal = new AbortController().signal) =>
  httpRequest({ method: body === null ? 'GET' : 'POST', url, headers: { 'tutti-session': 'x' }, body, signal });

test('what is sent arrives whole, and the answer with what matters of its headers', async () => {
  const url = await serve((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      response.writeHead(429, { 'content-type': 'Application/JSON; charset=utf-8', 'retry-after': '3' });
      response.end(JSON.stringify([request.method, request.headers['tutti-session'], request.headers['content-length'], text]));
    });
  });
  const { body, ...rest } = await send(`${url}/a?b=1`, '{"ü":"🎻"}');
  expect(rest).toEqual({ status: 429, media_type: 'application/json', retry_after: '3' });
  expect(JSON.parse(body)).toEqual(['POST', 'x', String(Buffer.byteLength('{"ü":"🎻"}')), '{"ü":"🎻"}']);
});

test('a redirect is an answer and is not followed', async () => {
  let asked = 0;
  const url = await serve((_request, response) => {
    asked += 1;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  expect(await send(url)).toMatchObject({ status: 307, media_type: '', retry_after: null, body: '' });
  expect(asked).toBe(1);
});

test('a refused connection, one that breaks off and an address that is none say why', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half');
    setTimeout(() => response.destroy(), 10);
  });
  await expect(send(url)).rejects.toThrow(/aborted|hang up|ECONNRESET/);
  const [server] = servers.splice(0);
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  await expect(send(url)).rejects.toThrow('ECONNREFUSED');
  await expect(send('http://localhost:1')).rejects.toThrow('ECONNREFUSED');
  await expect(send('no address')).rejects.toThrow(/Invalid URL/);
});

test('a signal ends it', async () => {
  const url = await serve(() => undefined);
  const ending = new AbortController();
  const asked = send(url, '{}', ending.signal);
  ending.abort();
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
});
