/**
 * A wire between a client and a server that a test can cut, hold and lead elsewhere: a TCP proxy on a port of its own.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire that can be cut. */
export class BreakableWire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #target: { port: number };
  /** Connections that were made so far. */
  made = 0;
  /** True: what the server says gets lost. */
  deaf = false;

  private constructor(server: Server, target: { port: number }) {
    this.#server = server;
    this.#target = target;
  }

  /** Lays a wire to the server at this address. */
  static async to(url: string): Promise<BreakableWire> {
    const target = { port: Number(new URL(url).port) };
    const server = createServer({ pauseOnConnect: true }, (socket) => wire.#join(socket));
    const wire = new BreakableWire(server, target);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  /** Address of the client's end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Leads new connections to another server. */
  leadTo(url: string): void {
    this.#target.port = Number(new URL(url).port);
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    this.made += 1;
    const server = connect(this.#target.port, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk) => {
      if (!this.deaf) client.write(chunk);
    });
    client.resume();
  }
}
