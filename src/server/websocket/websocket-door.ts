/**
 * The WebSocket door of a server (A10, B13): checks who asks for an upgrade, and owns the connections until the server ends.
 * Invariant: a request that is refused gets an HTTP response with a problem, and no connection.
 */
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Failure } from '../../contract/failure.ts';
import { FRAME_BYTES } from '../../contract/websocket.ts';
import { asFailure, PROBLEM_TYPE, problemHeaders, problemOf } from '../problem.ts';
import { admit, admitChange } from '../request-gate.ts';
import type { Door, ServerContext } from '../server-context.ts';
import { type Admission, Connections } from './connections.ts';
import { chooseProtocol, principalOfUpgrade, subscriptionOfQuery, swarmOfPath, urlOf } from './upgrade-request.ts';
import { WEBSOCKET_LIMITS, type WebSocketLimits } from './websocket-limits.ts';

/** The WebSocket door, to be given to `startServer`. */
export function webSocketDoor(limits: Partial<WebSocketLimits> = {}): Door {
  return (context, server) => attachWebSocket(context, server, { ...WEBSOCKET_LIMITS, ...limits });
}

function attachWebSocket(context: ServerContext, server: Server, limits: WebSocketLimits): { readonly close: () => Promise<void> } {
  // A frame of up to twice the limit is read to its end and refused; the connection survives it.
  const upgrader = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: 2 * FRAME_BYTES,
    handleProtocols: chooseProtocol,
  });
  const connections = new Connections(context, limits);
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    try {
      const admission = admitUpgrade(context, request);
      connections.refuseTooMany();
      upgrader.handleUpgrade(request, socket, head, (ws) => connections.accept(ws, socket, admission));
    } catch (error) {
      refuse(socket, asFailure(error));
    }
  };
  server.on('upgrade', upgrade);

  return {
    close: async () => {
      await connections.finish();
      server.off('upgrade', upgrade);
    },
  };
}

/** Throws Failure: the request is refused. */
function admitUpgrade(context: ServerContext, request: IncomingMessage): Admission {
  admit(context, request.headers);
  admitChange(context, request.headers);
  const url = urlOf(request);
  const swarm = swarmOfPath(url.pathname);
  if (swarm === null) throw new Failure('operation_unknown', { operation: `WebSocket ${url.pathname.slice(0, 200)}` });
  const principal = principalOfUpgrade(context, request);
  const engine = context.swarms.get(swarm);
  return { engine, principal, subscription: subscriptionOfQuery(url.searchParams) };
}

function refuse(socket: Duplex, failure: Failure): void {
  const problem = problemOf(failure);
  const body = JSON.stringify(problem);
  const headers = {
    'content-type': PROBLEM_TYPE,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...problemHeaders(failure),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.once('error', () => socket.destroy());
  socket.end([`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`, ...lines, '', body].join('\r\n'), () => socket.destroy());
}
