import { expect, test } from 'vitest';
import type { SocketListener, Transport } from '../client/transport.ts';
import { movingNetwork } from './moving-network.ts';

const ANSWER = { status: 200, media_type: 'application/json', retry_after: null, body: '{}' };

/** A network in which one address answers. */
function networkWith(): { network: Transport; answering: { at: string }; asked: string[]; sockets: SocketListener[] } {
  const answering = { at: 'http://here:1' };
  const asked: string[] = [];
  const sockets: SocketListener[] = [];
  const network: Transport = {
    request: async ({ url }) => {
      asked.push(url);
      if (!url.startsWith(answering.at)) throw new Error('connection refused');
      return ANSWER;
    },
    connect: (url, _protocols, listener) => {
      asked.push(url);
      sockets.push(listener);
      return { bufferedAmount: 0, send: () => undefined, close: () => undefined };
    },
  };
  return { network, answering, asked, sockets };
}

const ask = (path: string, signal = new AbortController().signal) => ({
  method: 'GET',
  url: `http://here:1${path}`,
  headers: {},
  body: null,
  signal,
});

test('a server that came back elsewhere is found as soon as nothing answers where it was', async () => {
  const { network, answering, asked } = networkWith();
  const moving = movingNetwork(network, { url: 'http://here:1', find: async () => answering.at });
  await moving.transport.request(ask('/work'));
  answering.at = 'http://here:2';
  await expect(moving.transport.request(ask('/work'))).rejects.toThrow('connection refused');
  expect(await moving.transport.request(ask('/work'))).toBe(ANSWER);
  expect([asked, moving.url]).toEqual([['http://here:1/work', 'http://here:1/work', 'http://here:2/work'], 'http://here:2']);
});

test('a WebSocket that closed is opened where the server is now', async () => {
  const { network, asked, sockets } = networkWith();
  const moving = movingNetwork(network, { url: 'http://here:1', find: async () => 'http://here:2' });
  const closed: string[] = [];
  const listener = {
    opened: () => undefined,
    received: () => undefined,
    closed: (_code: number, reason: string) => void closed.push(reason),
  };
  moving.transport.connect('ws://here:1/ws?topics=', [], listener);
  sockets[0]?.closed(1001, 'the server is shutting down');
  await Promise.resolve();
  await Promise.resolve();
  moving.transport.connect('ws://here:1/ws?topics=', [], listener);
  expect([asked, closed]).toEqual([['ws://here:1/ws?topics=', 'ws://here:2/ws?topics='], ['the server is shutting down']]);
});

test('one that is nowhere is asked for where it was; what its caller gave up starts no search, and searches never run side by side', async () => {
  const { network, answering } = networkWith();
  answering.at = 'http://elsewhere';
  const found: ((url: string | null) => void)[] = [];
  const moving = movingNetwork(network, { url: 'http://here:1', find: () => new Promise((resolve) => found.push(resolve)) });
  await expect(moving.transport.request(ask('/', AbortSignal.abort()))).rejects.toThrow('connection refused');
  expect(found).toHaveLength(0);
  for (let time = 0; time < 3; time += 1) await expect(moving.transport.request(ask('/'))).rejects.toThrow('connection refused');
  expect(found).toHaveLength(1);
  found[0]?.(null);
  await Promise.resolve();
  expect(moving.url).toBe('http://here:1');
  await expect(moving.transport.request(ask('/'))).rejects.toThrow('connection refused');
  expect(found).toHaveLength(2);
});
