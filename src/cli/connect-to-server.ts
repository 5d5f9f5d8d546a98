/**
 * Finds the server that a command speaks to, and makes the client for it.
 */
import type { LiveClient } from '../client/live-client.ts';
import type { FoundServer, ServerSearch } from '../config/find-server.ts';
import { type ServerChoice, serverChoice } from '../config/server-choice.ts';
import type { CliContext, ServerConnection } from './cli-context.ts';

/** Address, token and, when one was chosen, the swarm. */
interface ServerAccess {
  readonly url: string;
  readonly token: string | null;
  readonly swarm?: string;
}

/** A server that was found, and what a client needs for it. */
interface ReachedServer {
  readonly server: FoundServer;
  readonly access: ServerAccess;
}

/** Finds the server and makes a client. Throws Failure `server_not_found` or `server_unreachable`. */
export async function connectToServer(context: CliContext): Promise<ServerConnection> {
  const { server, access } = await accessToServer(context);
  const [{ createHttpClient }, { nodeTransport }] = await Promise.all([import('../client/http-client.ts'), import('./node-transport.ts')]);
  const live = async (): Promise<LiveClient> => (await import('../client/live-client.ts')).createLiveClient(access);
  return { server, client: createHttpClient({ ...access, transport: nodeTransport }), live };
}

/** Finds the server and what a client needs for it. Throws as `connectToServer`. */
export async function accessToServer({ from, env, globals, configure }: CliContext): Promise<ReachedServer> {
  return accessToChosen({ from, env, flag: globals.server, data: globals.data }, serverChoice(await configure()));
}

/** The same where it is known what is configured. Throws as `connectToServer`. */
export async function accessToChosen(search: ServerSearch, choice: ServerChoice): Promise<ReachedServer> {
  const { findChosenServer } = await import('../config/find-server.ts');
  const server = await findChosenServer(search, choice);
  return { server, access: { url: server.url, token: server.token, ...(choice.swarm === null ? {} : { swarm: choice.swarm }) } };
}
