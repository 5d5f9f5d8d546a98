/**
 * The MCP servers that agents of a worker or a hosted session are given, from their names in the configuration (E11).
 * Invariant: a secret stands in the configuration by its name only; its value comes from the environment.
 */
import type { Configuration } from '../../config/configuration-schema.ts';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../contract/failure.ts';
import type { AgentServerLaunch } from '../launch.ts';

const SECRET = /^secret:(\w+)$/;

/** The servers of these names. Throws `runner_unready` for a name that is none and for a secret that is not there. */
export function chosenServers(names: readonly string[], { mcp_servers }: Configuration, env: Environment): AgentServerLaunch[] {
  return [...new Set(names)].map((name) => {
    const server = Object.hasOwn(mcp_servers, name) ? mcp_servers[name] : undefined;
    if (server === undefined) {
      const known = Object.keys(mcp_servers).join(', ') || 'none';
      throw new Failure('runner_unready', { runner: name, reason: `mcp_servers has no server ${name}; known: ${known}` });
    }
    const resolved = (values: Readonly<Record<string, string>>): Record<string, string> =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, valueOf(value, { name, key, env })]));
    if ('url' in server) return { name, url: server.url, headers: resolved(server.headers) };
    const [command = '', ...args] = typeof server.command === 'string' ? server.command.split(/\s+/) : server.command;
    return { name, command, args, env: resolved(server.env) };
  });
}

function valueOf(value: string, { name, key, env }: { readonly name: string; readonly key: string; readonly env: Environment }): string {
  const variable = SECRET.exec(value)?.[1];
  if (variable === undefined) return value;
  const secret = env[variable];
  if (secret === undefined || secret === '')
    throw new Failure('runner_unready', {
      runner: name,
      reason: `its ${key} is the secret ${variable}, which is not set in the environment`,
    });
  return secret;
}
