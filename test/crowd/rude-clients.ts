/**
 * Clients that behave badly: one that never reads, one that floods the server and does not wait for an answer.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { CrowdTarget } from './crowd-client.ts';

function open({ url, token }: CrowdTarget, topics: string): WebSocket {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/swarm/realtime?topics=${topics}`, 'tutti', {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
  socket.on('error', () => undefined);
  return socket;
}

/** Follows every event, asks for a lot, and never reads. Returns how to end it. */
export async function neverReads(target: CrowdTarget): Promise<() => void> {
  const socket = open(target, 'events,status');
  await once(socket, 'open');
  socket.pause();
  for (let id = 0; id < 2000; id += 1) socket.send(JSON.stringify({ type: 'call', id, operation: 'config.get', input: {} }));
  return () => socket.terminate();
}

/** Sends as many frames as its socket takes, for as long as it is let. Returns how to end it: how many it sent, how many were answered. */
export async function floods(target: CrowdTarget): Promise<() => { readonly sent: number; readonly answered: number }> {
  const socket = open(target, '');
  await once(socket, 'open');
  const counts = { sent: 0, answered: 0 };
  let ended = false;
  socket.on('message', () => (counts.answered += 1));
  const go = (): void => {
    for (let burst = 0; burst < 100 && socket.bufferedAmount < 4 * 1_048_576; burst += 1) {
      counts.sent += 1;
      socket.send(JSON.stringify({ type: 'call', id: counts.sent, operation: 'swarm.status', input: {} }));
    }
    if (!ended) setTimeout(go, 5);
  };
  go();
  return () => {
    ended = true;
    socket.terminate();
    return counts;
  };
}
