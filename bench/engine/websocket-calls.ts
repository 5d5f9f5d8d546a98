/**
 * Calls over the WebSocket door with as little work on this side as can be.
 */
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';

/** An open connection. */
export interface SocketCalls {
  call(operation: string, input: object): Promise<unknown>;
  /** Outputs in the order of the calls. */
  calls(calls: readonly object[]): Promise<unknown[]>;
  close(): void;
}

interface Frame {
  readonly type: string;
  readonly id: number;
  readonly ok?: boolean;
  readonly output?: unknown;
  readonly results?: readonly { readonly ok: boolean; readonly output: unknown }[];
}

/** Connects, with no events and no status frames. */
export async function connectSocket(url: string, token: string): Promise<SocketCalls> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/swarm/realtime?topics=`, 'tutti', {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  const waiting = new Map<number, (frame: Frame) => void>();
  const gather = gathering((socket as unknown as { readonly _socket: Socket })._socket);
  let id = 0;
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString('latin1')) as Frame;
    waiting.get(frame.id)?.(frame);
    waiting.delete(frame.id);
  });
  const send = (fields: object): Promise<Frame> => {
    id += 1;
    const own = id;
    gather();
    socket.send(JSON.stringify({ ...fields, id: own }));
    return new Promise((resolve) => waiting.set(own, resolve));
  };
  return {
    call: async (operation, input) => {
      const frame = await send({ type: 'call', operation, input });
      if (frame.ok !== true) throw new Error(`${operation}: ${JSON.stringify(frame)}`);
      return frame.output;
    },
    calls: async (calls) => {
      const { results = [] } = await send({ type: 'calls', calls });
      return results.map(outputOf);
    },
    close: () => socket.terminate(),
  };
}

/** Makes one write of the frames that are sent in one turn of the loop; `ws` alone writes each by itself. */
function gathering(socket: Socket): () => void {
  let corked = false;
  return () => {
    if (corked) return;
    corked = true;
    socket.cork();
    setImmediate(() => {
      corked = false;
      socket.uncork();
    });
  };
}

/** The output of one result of a batch. Throws when it was refused. */
export function outputOf(result: { readonly ok: boolean; readonly output?: unknown }): unknown {
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.output;
}
