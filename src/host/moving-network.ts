/**
 * The network to a server that may come back at another address: whenever nothing answers where it was, it is looked for
 * again. Invariant: what is sent goes to the address that was found last; one search runs at a time.
 */
import type { Transport } from '../client/transport.ts';

/** Where the server was, and how it is found. */
export interface MovingServer {
  /** Its address without a path; who uses the network goes on naming it by this one. */
  readonly url: string;
  /** The address at which it answers now; null when it does not. Must not throw. */
  readonly find: () => Promise<string | null>;
}

/** A network, and where the server is. */
export interface MovingNetwork {
  readonly transport: Transport;
  /** The address that was found last. */
  readonly url: string;
}

/** Makes the network to a moving server of a network. */
export function movingNetwork(network: Transport, server: MovingServer): MovingNetwork {
  let url = server.url;
  let searching = false;
  const search = (): void => {
    if (searching) return;
    searching = true;
    void server.find().then((found) => {
      searching = false;
      url = found ?? url;
    });
  };
  const movedOf = (address: string, from: string, to: string): string =>
    address.startsWith(from) ? to + address.slice(from.length) : address;
  const socketUrl = (of: string): string => of.replace(/^http/, 'ws');
  return {
    get url() {
      return url;
    },
    transport: {
      request: async (request) => {
        try {
          return await network.request({ ...request, url: movedOf(request.url, server.url, url) });
        } catch (error) {
          if (!request.signal.aborted) search();
          throw error;
        }
      },
      connect: (address, protocols, listener) =>
        network.connect(movedOf(address, socketUrl(server.url), socketUrl(url)), protocols, {
          ...listener,
          closed: (code, reason) => {
            search();
            listener.closed(code, reason);
          },
        }),
    },
  };
}
