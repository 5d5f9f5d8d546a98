/**
 * tutti mcp: the MCP server beside one agent. It starts whether or not Tutti runs; the tools say so when it is away.
 */
import { agentFolder, agentKeys, readAgentSession } from '../../config/agent-session.ts';
import { markTools } from '../../config/agent-tools.ts';
import { findDataFolder } from '../../config/data-folder.ts';
import type { TuttiClient } from '../../client/client.ts';
import type { CliContext } from '../cli-context.ts';
import { accessToServer } from '../connect-to-server.ts';

/** Runs `tutti mcp`; resolves once the agent has gone. */
export async function runMcp(context: CliContext): Promise<number> {
  const { env, from, globals, launch } = context;
  const named = env['TUTTI_SESSION'] ?? '';
  const credential = env['TUTTI_CREDENTIAL'] ?? '';
  const given = named === '' ? null : { session_id: named, credential: credential === '' ? null : credential };
  const folder = agentFolder(findDataFolder({ from, env, flag: globals.data }), env);
  const keys = agentKeys(env, process.ppid);
  const connect = async (proof: () => string | null): Promise<TuttiClient> => {
    const { access } = await accessToServer(context);
    const { createHttpClient } = await import('../../client/http-client.ts');
    return createHttpClient({ ...access, credential: proof, retry: { attempts: 1 } });
  };
  let unmark = (): void => undefined;
  const onListed = (): void => {
    unmark = markTools(folder, keys);
  };
  await launch.mcp({ connect, given: () => given ?? readAgentSession(folder, keys), onListed });
  unmark();
  return 0;
}
