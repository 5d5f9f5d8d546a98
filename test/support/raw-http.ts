/**
 * HTTP by hand, for what fetch does not let a test say: any Host header, broken requests, half a request.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestResponse } from './start-test-server.ts';

/** A GET with exactly these headers. */
export function get(port: number, path: string, headers: Readonly<Record<string, string>>): Promise<TestResponse> {
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
  return exchange(port, [`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
}

/** Sends these bytes and reads one answer to its end. */
export async function exchange(port: number, bytes: string): Promise<TestResponse> {
  const socket = await open(port);
  try {
    socket.write(bytes);
    return await answerOf(socket);
  } finally {
    socket.destroy();
  }
}

/** An open connection. */
export async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  await once(socket, 'connect');
  return socket;
}

/** The next answer on a connection. */
export async function answerOf(socket: Socket): Promise<TestResponse> {
  let text = '';
  for (;;) {
    const [chunk] = (await Promise.race([once(socket, 'data'), once(socket, 'end').then(() => [null])])) as [string | null];
    if (chunk === null) throw new Error(`the connection ended after: ${text.slice(0, 200)}`);
    text += chunk;
    const answer = parse(text);
    if (answer !== null) return answer;
  }
}

function parse(text: string): TestResponse | null {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = text.slice(end + 4);
  if (Buffer.byteLength(body) < Number(headers.get('content-length') ?? 0)) return null;
  const isJson = /json/.test(headers.get('content-type') ?? '');
  return { status: Number(first.split(' ')[1]), headers, body: isJson ? (JSON.parse(body) as Record<string, unknown>) : { text: body } };
}
