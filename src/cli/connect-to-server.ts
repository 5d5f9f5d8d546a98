/**
 * Finds the server that a command speaks to, and makes the client for it.
 */
import type { LiveClient } from '../client/live-client.ts';
import type { CliContext, ServerConnection } from './cli-context.ts';

/** Finds the server and makes a client. Throws Failure `server_not_found` or `server_unreachable`. */
export async function connectToServer({ from, env, globals, configure }: CliContext): Promise<ServerConnection> {
  const { configuration, values } = await configure();
  const { findServer } = await import('../config/find-server.ts');
  const server = await findServer({ from, env, flag: globals.server, data: globals.data });
  const { createHttpClient } = await import('../client/http-client.ts');
  const chosen = values.some(({ key, origin }) => key === 'swarm' && origin.source !== 'default');
  const access = { url: server.url, token: server.token, ...(chosen ? { swarm: configuration.swarm } : {}) };
  const live = async (): Promise<LiveClient> => (await import('../client/live-client.ts')).createLiveClient(access);
  return { server, client: createHttpClient(access), live };
}
