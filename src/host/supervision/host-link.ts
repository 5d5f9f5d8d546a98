/**
 * A host's way to the server, if there is one: it is looked for again and again, and whatever goes wrong there, the
 * sessions go on. Invariant: at most one connection at a time; nothing here throws.
 */
import { createLiveClient, type LiveClient } from '../../client/live-client.ts';
import { pause } from '../../client/pause.ts';
import type { Clock, Random } from '../../contract/ports.ts';
import type { TerminalHome, TerminalSeen } from '../terminals/terminal-home.ts';
import { TerminalOffers } from '../terminals/terminal-offers.ts';
import { HostReports } from './host-reports.ts';
import type { ReportedFact } from '../../contract/operations/hosted-operations.ts';

/** Where the server is. */
export interface HostServer {
  readonly url: string;
  readonly token: string | null;
  /** Left out: the token's own. */
  readonly swarm?: string;
}

/** What a link needs. */
export interface HostLinkOptions {
  /** Finds the server; null: there is none now. */
  readonly find: () => Promise<HostServer | null>;
  /** Name of this machine. */
  readonly host: string;
  readonly home: TerminalHome;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
}

interface Connected {
  readonly server: HostServer;
  readonly client: LiveClient;
  readonly terminals: TerminalOffers;
  online: boolean;
}

const LOOK_EVERY_MS = 2_000;

/** A host's way to the server. */
export class HostLink {
  readonly #options: HostLinkOptions;
  readonly #done: Promise<void>;
  readonly #reports: HostReports;
  #connected: Connected | null = null;
  #sessions: readonly TerminalSeen[] = [];

  constructor(options: HostLinkOptions) {
    this.#options = options;
    this.#reports = new HostReports(options.host, options.random);
    this.#done = this.#keep();
  }

  /** The server that it is connected to; null while there is none. */
  get server(): HostServer | null {
    return this.#connected?.online === true ? this.#connected.server : null;
  }

  /** These sessions are there now. */
  seen(sessions: readonly TerminalSeen[]): void {
    this.#sessions = sessions;
    this.#connected?.terminals.seen(sessions);
  }

  /** Tells the server what became of a session; it is kept until the server knows. */
  report(fact: ReportedFact): void {
    this.#reports.add(fact);
    if (this.#connected?.online === true) this.#reports.send(this.#connected.client);
  }

  /** Resolves once the signal has ended it. */
  ended(): Promise<void> {
    return this.#done;
  }

  async #keep(): Promise<void> {
    const { signal, clock, find } = this.#options;
    while (!signal.aborted) {
      if (this.#connected?.online !== true) {
        const server = await find().catch(() => null);
        if (server !== null && server.url !== this.#connected?.server.url) this.#connect(server);
      }
      await pause(clock, LOOK_EVERY_MS, signal);
    }
    await this.#reports.settle();
    this.#disconnect();
  }

  #connect(server: HostServer): void {
    this.#disconnect();
    const { host, home, clock } = this.#options;
    const client = createLiveClient({ ...server, clock });
    const terminals = new TerminalOffers({ client, host, home, clock });
    const connected: Connected = { server, client, terminals, online: false };
    client.onConnection(({ online }) => {
      connected.online = online;
      if (online) this.#reports.send(client);
    });
    this.#connected = connected;
    terminals.seen(this.#sessions);
  }

  #disconnect(): void {
    this.#connected?.terminals.close();
    this.#connected?.client.close();
    this.#connected = null;
  }
}
