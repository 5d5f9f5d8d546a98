/**
 * tutti worker: finds the server, starts the worker in this process, and says what it does.
 */
import { chooseDataFolder, dataFiles, makeDataFolder } from '../../config/data-folder.ts';
import type { Configuration } from '../../config/configuration-schema.ts';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import type { WorkerLaunch } from '../launch.ts';
import { safeJson } from '../output/clean-text.ts';
import { counted } from '../output/words.ts';
import { chosenServers } from './chosen-servers.ts';
import { workerLine } from '../output/worker-text.ts';

/** Runners whose programs cannot ask for leave while they are headless, and the one by which the same program can. */
const ASKS_INSTEAD: ReadonlyMap<string, string> = new Map([
  ['codex', '--runner codex-app-server'],
  ['gemini', '--runner acp --program "gemini --acp"'],
  ['opencode', '--runner acp --program "opencode acp"'],
]);

/** Runs `tutti worker`; resolves with the exit code once the worker has ended. */
export async function runWorkerCommand(context: CliContext, values: Values): Promise<number> {
  const { terminal, globals, launch, interruption } = context;
  const options = await planWorker(context, values);
  if (globals.dry_run) {
    const { url, name, capabilities, specialties, slots } = options;
    terminal.say('Nothing was done. It would run the worker:');
    terminal.print(safeJson({ url, name, capabilities, specialties, slots }, 2));
    return 0;
  }
  const instead = options.agent.permissions === 'all' ? undefined : ASKS_INSTEAD.get(options.agent.runner);
  if (instead !== undefined)
    terminal.say(`${options.agent.runner} asks nobody: it refuses what it may not do. With ${instead} people are asked (tutti inbox).`);
  const outcome = await launch.worker(options);
  const { end, session_id, completed, failed, released, undelivered, failure } = outcome;
  if (globals.json) terminal.print(safeJson({ kind: 'ended', end, session_id, completed, failed, released, undelivered }));
  else {
    const left = undelivered === 0 ? '' : ` ${counted(undelivered, 'result')} could not be delivered; the next worker here delivers them.`;
    terminal.say(`${session_id} has ended: ${completed} completed, ${failed} failed, ${released.length} given back.${left}`);
  }
  if (end !== 'stopped') throw failure ?? new Failure('internal', { reason: `the worker was ${end}` });
  return interruption.exitCode;
}

/** The role names runner, model and words; what is said of the worker itself comes first. */
function chooseAgent(configuration: Configuration, env: Environment): WorkerLaunch['agent'] {
  const { worker, roles, prices } = configuration;
  const role = worker.role === undefined || !Object.hasOwn(roles, worker.role) ? undefined : roles[worker.role];
  if (worker.role !== undefined && role === undefined) {
    throw new Failure('role_unknown', { role: worker.role, known: Object.keys(roles).join(', ') });
  }
  const { model = role?.model, program = role?.program, permissions } = worker;
  return {
    runner: worker.runner ?? role?.runner ?? 'script',
    permissions,
    prices,
    servers: chosenServers([...worker.servers, ...(role?.servers ?? [])], configuration, env),
    role: worker.role === undefined ? null : { name: worker.role, instructions: role?.instructions ?? '' },
    ...(worker.account === undefined ? {} : { account: worker.account }),
    ...(model === undefined ? {} : { model }),
    ...(program === undefined ? {} : { program }),
    ...(role?.base_url === undefined ? {} : { base_url: role.base_url }),
  };
}

async function planWorker(context: CliContext, values: Values): Promise<WorkerLaunch> {
  const { from, env, globals, terminal, interruption } = context;
  const text = (field: string): string | undefined => (typeof values[field] === 'string' ? values[field] : undefined);
  const loaded = await context.configure({
    'worker.capabilities': text('capabilities'),
    'worker.specialties': text('specialties'),
    'worker.slots': text('slots'),
    'worker.name': text('name'),
    'worker.runner': text('runner'),
    'worker.role': text('role'),
    'worker.model': text('model'),
    'worker.program': text('program'),
    'worker.permissions': text('permissions'),
  });
  const { server, client } = await context.connect();
  const { name, capabilities, specialties, slots } = loaded.configuration.worker;
  const folder = server.folder ?? chooseDataFolder({ from, env, flag: globals.data });
  if (!globals.dry_run) makeDataFolder(folder);
  // Only what its data folder named can be looked for there.
  const { folder: named } = server;
  const find = named === null ? {} : { find: () => urlIn(named, context) };
  return {
    url: server.url,
    ...find,
    token: server.token,
    swarm: globals.swarm === undefined && client.swarm === 'default' ? undefined : client.swarm,
    folder: dataFiles(folder).workers,
    name,
    capabilities,
    specialties,
    slots,
    agent: chooseAgent(loaded.configuration, env),
    on_stop: values['finish'] === true ? 'finish' : 'give_back',
    signal: interruption.signal,
    onEvent: (news) => {
      if (globals.json) terminal.print(safeJson({ ...news, time: new Date(news.time).toISOString() }));
      else terminal.print(...workerLine(news, { capabilities, showOutput: values['output'] === true, out: terminal.out }));
    },
  };
}

/** Where the server of a data folder answers now, or null. */
async function urlIn(data: string, { from, env }: CliContext): Promise<string | null> {
  const { findLocalServer } = await import('../../config/find-server.ts');
  return findLocalServer({ from, env, data }).then(
    ({ url }) => url,
    () => null,
  );
}
