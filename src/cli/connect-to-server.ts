/**
 * Finds the server that a command speaks to, and makes the client for it.
 */
import type { LiveClient } from '../client/live-client.ts';
import type { FoundServer } from '../config/find-server.ts';
import type { CliContext, ServerConnection } from './cli-context.ts';

/** Address, token and, when one was chosen, the swarm. */
interface ServerAccess {
  readonly url: string;
  readonly token: string | null;
  readonly swarm?: string;
}

/** Finds the server and makes a client. Throws Failure `server_not_found` or `server_unreachable`. */
export async function connectToServer(context: CliContext): Promise<ServerConnection> {
  const { server, access } = await accessToServer(context);
  const { createHttpClient } = await import('../client/http-client.ts');
  const live = async (): Promise<LiveClient> => (await import('../client/live-client.ts')).createLiveClient(access);
  return { server, client: createHttpClient(access), live };
}

/** Finds the server and what a client needs for it. Throws as `connectToServer`. */
export async function accessToServer({
  from,
  env,
  globals,
  configure,
}: CliContext): Promise<{ server: FoundServer; access: ServerAccess }> {
  const { configuration, values } = await configure();
  const { findServer } = await import('../config/find-server.ts');
  const server = await findServer({ from, env, flag: globals.server, data: globals.data });
  const chosen = values.some(({ key, origin }) => key === 'swarm' && origin.source !== 'default');
  const access = { url: server.url, token: server.token, ...(chosen ? { swarm: configuration.swarm } : {}) };
  return { server, access };
}
