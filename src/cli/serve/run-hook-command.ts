/**
 * tutti hook: what an agent program runs at its events. Invariant: it never keeps the agent from going on; whatever goes
 * wrong is silence and exit code 0.
 */
import { hostname } from 'node:os';
import type { TuttiClient } from '../../client/client.ts';
import type { LiveClient } from '../../client/live-client.ts';
import { AGENT_SESSION_VARIABLE, agentFolder, agentKeys } from '../../config/agent-session.ts';
import { startOfThisProcess } from '../../config/process-birth.ts';
import { findDataFolder } from '../../config/data-folder.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { accessToServer } from '../connect-to-server.ts';
import type { HookLaunch } from '../launch.ts';
import { readStdin } from '../read-values.ts';

/** Runs `tutti hook`; resolves with the exit code. */
export async function runHookCommand(context: CliContext, values: Values): Promise<number> {
  const { env, from, globals, now } = context;
  // Without a person at the terminal nothing is woken, and the program would wait for what waits.
  if (values['wake'] === true && (env['CLAUDE_CODE_SESSION_ATTENDED'] === '0' || env['CLAUDE_CODE_ENTRYPOINT']?.startsWith('sdk') === true))
    return 0;
  try {
    const [given = '', name = ''] = [env['TUTTI_SESSION'], env[AGENT_SESSION_VARIABLE]];
    const { configuration } = await context.configure();
    const { stdout, stderr, code } = await context.launch.hook({
      agent: values['agent'] as HookLaunch['agent'],
      given: given === '' ? null : given,
      name: name === '' ? null : name,
      folder: agentFolder(findDataFolder({ from, env, flag: globals.data }), env),
      keys: agentKeys(env, process.ppid),
      capabilities: configuration.worker.capabilities,
      prices: configuration.prices,
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

function connections(context: CliContext): Pick<HookLaunch, 'connect' | 'connectLive'> {
  let found: ReturnType<typeof accessToServer> | null = null;
  const access = async () => (await (found ??= accessToServer(context))).access;
  return {
    connect: async (credential): Promise<TuttiClient> => {
      const { createHttpClient } = await import('../../client/http-client.ts');
      return createHttpClient({ ...(await access()), credential: () => credential, retry: { attempts: 1 } });
    },
    connectLive: async (credential): Promise<LiveClient> => {
      const { createLiveClient } = await import('../../client/live-client.ts');
      return createLiveClient({ ...(await access()), credential: () => credential });
    },
  };
}
