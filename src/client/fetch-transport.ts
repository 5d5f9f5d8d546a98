/**
 * The network as the platform gives it: global fetch and WebSocket of Node and of browsers.
 */
import { reasonOf } from '../contract/failure.ts';
import type { SocketListener, Transport, TransportRequest, TransportResponse, TransportSocket } from './transport.ts';

/** The platform's network. */
export const fetchTransport: Transport = { request, connect };

/** Abnormal closure: the connection broke without a close frame (RFC 6455, 7.4.1). */
const ABNORMAL = 1006;

async function request({ method, url, headers, body, signal }: TransportRequest): Promise<TransportResponse> {
  try {
    const response = await fetch(url, { method, headers, body, signal, redirect: 'error' });
    return {
      status: response.status,
      media_type: (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
      retry_after: response.headers.get('retry-after'),
      body: await response.text(),
    };
  } catch (error) {
    throw new Error(networkReason(error), { cause: error });
  }
}

/** fetch hides why it failed in a cause, and the cause of several addresses in a list of errors. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const first = cause instanceof AggregateError ? (cause.errors as unknown[])[0] : cause;
  return reasonOf(first);
}

function connect(url: string, protocols: readonly string[], listener: SocketListener): TransportSocket {
  let open = true;
  const closed = (code: number, reason: string): void => {
    if (open) listener.closed(code, reason);
    open = false;
  };
  const socket = new WebSocket(url, [...protocols]);
  socket.addEventListener('open', () => listener.opened());
  socket.addEventListener('message', (event) => {
    if (typeof event.data === 'string') listener.received(event.data);
  });
  socket.addEventListener('error', () => closed(ABNORMAL, 'the connection failed'));
  socket.addEventListener('close', (event) => closed(event.code, event.reason));
  return {
    get bufferedAmount(): number {
      return socket.bufferedAmount;
    },
    send: (text) => {
      if (socket.readyState === socket.OPEN) socket.send(text);
    },
    close: (code, reason) => socket.close(code, reason),
  };
}
