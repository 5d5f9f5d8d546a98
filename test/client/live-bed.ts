/**
 * What tests of the live client stand on: a real server, a wire to it that breaks, and clients that are closed at the end.
 */
import { type ConnectionState, createLiveClient, type LiveClient } from '../../src/client/live-client.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/start-test-server.ts';
import { BreakableWire } from './breakable-wire.ts';

const QUICK = { first_delay_ms: 2, longest_delay_ms: 20 };

/** A server, a wire to it, and clients. */
export class LiveBed {
  server: TestServer;
  readonly wire: BreakableWire;
  readonly #clients: LiveClient[] = [];

  private constructor(server: TestServer, wire: BreakableWire) {
    this.server = server;
    this.wire = wire;
  }

  static async start(options: TestServerOptions = {}): Promise<LiveBed> {
    const server = await startTestServer(options);
    return new LiveBed(server, await BreakableWire.to(server.url));
  }

  /** Starts another server in place of one that was closed. */
  async serve(options: TestServerOptions = {}): Promise<void> {
    this.server = await startTestServer(options);
    this.wire.leadTo(this.server.url);
  }

  /** Ends the server and starts another one. */
  async restart(options: TestServerOptions = {}): Promise<void> {
    await this.server.close();
    await this.serve(options);
  }

  /** A client at the other end of the wire. */
  connect(more: Partial<Parameters<typeof createLiveClient>[0]> = {}): LiveClient {
    const client = createLiveClient({ url: this.wire.url, token: this.server.tokenOf('admin'), retry: QUICK, ...more });
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.wire.close();
    await this.server.close();
  }
}

/** Waits until the client is online, or for another state. */
export function connection(
  client: LiveClient,
  fits: (state: ConnectionState) => boolean = (state) => state.online,
): Promise<ConnectionState> {
  return new Promise((resolve) => {
    const stop = client.onConnection((state) => {
      if (!fits(state)) return;
      stop();
      resolve(state);
    });
  });
}

/** Collects what is handed to it; `until` waits until there is enough. */
export class Collected<T> {
  readonly all: T[] = [];
  #wake: () => void = () => undefined;

  readonly add = (...items: T[]): void => {
    this.all.push(...items);
    this.#wake();
  };

  async until(enough: (all: readonly T[]) => boolean): Promise<readonly T[]> {
    while (!enough(this.all)) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.all;
  }
}
