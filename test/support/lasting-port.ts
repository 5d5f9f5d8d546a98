/**
 * A port for a server that goes and comes back at the same address.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what systems give to outgoing connections: one of those could take the port while the server is away. */
const [FIRST, LAST] = [12_000, 30_000];

/** A port that is free, and that nobody is given by chance. */
export async function lastingPort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
