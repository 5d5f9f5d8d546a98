/**
 * Owns the connections that have not sent a request yet. Clients open such in advance, and Node counts them neither as
 * idle nor as busy: a server that closes would wait for them until they time out.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Follows the connections of a server. Returns how to end those that have said nothing. */
export function followSilentConnections(server: Server): () => void {
  const silent = new Set<Socket>();
  const speaks = ({ socket }: IncomingMessage): void => {
    silent.delete(socket);
  };
  server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', speaks).on('upgrade', speaks);
  return () => {
    for (const socket of silent) socket.destroy();
  };
}
