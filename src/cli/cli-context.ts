/**
 * What a running command is given: the global flags, the terminal, the way to the server, and the launch functions.
 */
import type { TuttiClient } from '../client/client.ts';
import type { LiveClient } from '../client/live-client.ts';
import type { LoadedConfiguration } from '../config/load-configuration.ts';
import type { Environment } from '../config/environment.ts';
import type { FoundServer } from '../config/find-server.ts';
import type { Interruption } from './interruption.ts';
import type { Launch } from './launch.ts';
import type { Terminal } from './output/terminal.ts';

/** The flags that every command takes. */
export interface GlobalFlags {
  readonly swarm?: string | undefined;
  readonly server?: string | undefined;
  /** The data folder. */
  readonly data?: string | undefined;
  /** The moment that a question is about, as it was given. */
  readonly at?: string | undefined;
  readonly json: boolean;
  readonly yes: boolean;
  readonly dry_run: boolean;
  readonly wait: boolean;
}

/** A server and the client that speaks to it. */
export interface ServerConnection {
  readonly server: FoundServer;
  readonly client: TuttiClient;
  /** A client with a lasting connection; whoever asks for it closes it. */
  readonly live: () => Promise<LiveClient>;
}

/** What a running command is given. */
export interface CliContext {
  readonly globals: GlobalFlags;
  readonly terminal: Terminal;
  readonly env: Environment;
  /** The current folder. */
  readonly from: string;
  /** The arguments as they were given. */
  readonly args: readonly string[];
  readonly launch: Launch;
  readonly interruption: Interruption;
  /** The time now, in ms since 1970. */
  readonly now: () => number;
  /** The configuration; `flags` are dotted keys with the text of the flags that set them. */
  readonly configure: (flags?: Readonly<Record<string, string | undefined>>) => Promise<LoadedConfiguration>;
  /** Finds the server. Throws Failure `server_not_found` or `server_unreachable`. */
  readonly connect: () => Promise<ServerConnection>;
}
