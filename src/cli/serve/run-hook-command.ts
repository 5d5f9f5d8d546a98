/**
 * tutti hook: what an agent program runs at its events. Invariants: it never keeps the agent from going on, whatever goes
 * wrong is silence and exit code 0; and it loads what its event needs and nothing else, for agents wait for it.
 */
import { hostname } from 'node:os';
import type { TuttiClient } from '../../client/client.ts';
import type { LiveClient } from '../../client/live-client.ts';
import { type AgentConfiguration, agentConfiguration } from '../../config/agent-configuration.ts';
import { AGENT_SESSION_VARIABLE, agentFolder, agentKeys } from '../../config/agent-session.ts';
import { findDataFolder } from '../../config/data-folder.ts';
import { startOfThisProcess } from '../../config/process-birth.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { accessToChosen } from '../connect-to-server.ts';
import type { HookLaunch } from '../launch.ts';
import { readStdin } from '../read-stdin.ts';

/** What a hook is given by the program around it. */
export type HookSurroundings = Pick<CliContext, 'env' | 'from' | 'globals' | 'launch' | 'now'>;

/** Runs `tutti hook`; resolves with the exit code. */
export async function runHookCommand(context: HookSurroundings, values: Values): Promise<number> {
  const { env, from, globals, launch, now } = context;
  // Without a person at the terminal nothing is woken, and the program would wait for what waits.
  if (values['wake'] === true && (env['CLAUDE_CODE_SESSION_ATTENDED'] === '0' || env['CLAUDE_CODE_ENTRYPOINT']?.startsWith('sdk') === true))
    return 0;
  try {
    const [given = '', name = ''] = [env['TUTTI_SESSION'], env[AGENT_SESSION_VARIABLE]];
    const { stdout, stderr, code } = await launch.hook({
      agent: values['agent'] as HookLaunch['agent'],
      given: given === '' ? null : given,
      name: name === '' ? null : name,
      folder: agentFolder(findDataFolder({ from, env, flag: globals.data }), env),
      keys: agentKeys(env, process.ppid),
      host: hostname(),
      now,
      began: startOfThisProcess(),
      env_file: env['CLAUDE_ENV_FILE'] ?? null,
      event: values['wake'] === true ? null : await readStdin(),
      takes_work: values['work'] === true,
      ...connections(context),
    });
    if (stdout !== '') process.stdout.write(stdout);
    if (stderr !== '') process.stderr.write(stderr);
    return code;
  } catch {
    return 0;
  }
}

function connections({
  env,
  from,
  globals: { data, server, swarm },
  launch,
}: HookSurroundings): Pick<HookLaunch, 'configuration' | 'connect' | 'connectLive'> {
  let configured: Promise<AgentConfiguration> | null = null;
  const configuration = () => (configured ??= agentConfiguration({ from, env, data, flags: { server, swarm } }, launch.version));
  let found: ReturnType<typeof accessToChosen> | null = null;
  const access = async () => (await (found ??= accessToChosen({ from, env, flag: server, data }, await configuration()))).access;
  return {
    configuration,
    connect: async (credential): Promise<TuttiClient> => {
      const [{ createHttpClient }, { nodeTransport }] = await Promise.all([
        import('../../client/http-client.ts'),
        import('../node-transport.ts'),
      ]);
      return createHttpClient({ ...(await access()), credential: () => credential, retry: { attempts: 1 }, transport: nodeTransport });
    },
    connectLive: async (credential): Promise<LiveClient> => {
      const { createLiveClient } = await import('../../client/live-client.ts');
      return createLiveClient({ ...(await access()), credential: () => credential });
    },
  };
}
