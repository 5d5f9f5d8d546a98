/**
 * The composition root: hands the command line what it can start. Invariant: nothing but the parser is loaded before a
 * command needs it, so that `tutti --help` is immediate.
 */
import { enableCompileCache } from 'node:module';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EngineOptions } from './engine/engine-options.ts';
import type {
  DemoLaunch,
  HostLaunch,
  HookLaunch,
  Launch,
  LaunchedServer,
  ServerLaunch,
  WorkerLaunch,
  WorkerOutcome,
} from './cli/launch.ts';

enableCompileCache();
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

const launch: Launch = {
  version,
  program: [process.execPath, fileURLToPath(import.meta.url)],
  server: launchServer,
  worker: launchWorker,
  host: launchHost,
  mcp: async (options) => (await import('./mcp/serve-stdio.ts')).serveMcpOnStdio(options),
  hook: launchHook,
  demo: launchDemo,
  logs: async () => (await import('./travel/log-tools.ts')).logTools(() => Date.now()),
};

/** Data folder → lock and journals → engines → server → `server.json`, and back in the opposite order. */
async function launchServer({ folder, configuration: loaded, from, swarms: more = [] }: ServerLaunch): Promise<LaunchedServer> {
  const { configuration, values } = loaded;
  const [{ makeDataFolder }, { openLogFile }, { journalPlace }, { openServerLog }, { startServer }, { webSocketDoor }] = await Promise.all([
    import('./config/data-folder.ts'),
    import('./config/log-file.ts'),
    import('./config/journal-place.ts'),
    import('./server/server-log.ts'),
    import('./server/start-server.ts'),
    import('./server/websocket/websocket-door.ts'),
  ]);
  const { LogWatch } = await import('./server/log-watch.ts');
  const { AccessTokens, loadSecret, writeAdminToken } = await import('./config/access-tokens.ts');
  const { changesIn } = await import('./workspace/read-changes.ts');
  const { removeServerFile, renewServerFile, serverFileOf, writeServerFile } = await import('./config/server-file.ts');
  const files = makeDataFolder(folder);
  const place = journalPlace(loaded, { data: folder, from });
  if (place.folder !== folder) await refuseSecondServer(folder);
  const logFile = openLogFile(files.log);
  const log = openServerLog({ level: configuration.log_level, destination: logFile });
  const ending: (() => unknown)[] = [() => logFile.close()];
  const close = async (): Promise<void> => {
    for (const end of ending.splice(0).toReversed()) await end();
  };
  try {
    const logs = new LogWatch(log);
    const swarms = await openSwarms({ folder, configuration: loaded, from, swarms: more }, (swarm) => logs.listener(swarm));
    ending.push(() => swarms.close());
    const tokens = new AccessTokens(loadSecret(folder));
    writeAdminToken(folder, tokens);
    const server = await startServer({
      swarms,
      tokens,
      log,
      host: configuration.host,
      port: values.find(({ key }) => key === 'port')?.origin.source === 'default' ? undefined : configuration.port,
      auth: configuration.auth,
      allowedHosts: configuration.allowed_hosts,
      allowedOrigins: configuration.allowed_origins,
      doors: [webSocketDoor()],
      dashboard: fileURLToPath(new URL('../web/dist', import.meta.url)),
      changes: await changesIn(from),
    });
    ending.push(() => server.close());
    const { url, instance } = server;
    const own = serverFileOf({ url, instance, version });
    writeServerFile(files.server, own);
    // A server that had the folder while the log here was broken, and went, has left its own file or none.
    logs.onRecovered = () => renewServerFile(files.server, own);
    // The file goes last but for the log: as long as it is there, the folder is in use.
    ending.splice(1, 0, () => removeServerFile(files.server, instance));
    return {
      url,
      instance,
      pid: own.pid,
      version,
      swarm: configuration.swarm,
      folder,
      journal: place.folder === null ? 'in memory only: it is forgotten at the end' : place.folder,
      token_file: configuration.auth ? files.token : null,
      log_file: files.log,
      instead_of: server.moved ? configuration.port : null,
      fault: swarms.names.map((name) => swarms.get(name).fault?.message).find((fault) => fault !== undefined) ?? null,
      taken: logs.taken,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Only a journal in the data folder locks it. */
async function refuseSecondServer(folder: string): Promise<void> {
  const { findLocalServer } = await import('./config/find-server.ts');
  const { Failure } = await import('./contract/failure.ts');
  const running = await findLocalServer({ from: folder, env: {}, data: folder }).catch(() => null);
  if (running !== null) throw new Failure('journal_locked', { folder, pid: running.file.pid, since: running.file.started_at });
}

async function openSwarms(
  { folder, configuration: loaded, from, swarms = [] }: ServerLaunch,
  listener: (swarm: string) => Pick<EngineOptions, 'onFault' | 'onTaken'>,
) {
  const { journalPlace } = await import('./config/journal-place.ts');
  const { SwarmRegistry } = await import('./engine/swarm-registry.ts');
  const { systemClock, systemRandom } = await import('./engine/system-ports.ts');
  const { ThreadOffload } = await import('./engine/thread-offload.ts');
  const place = journalPlace(loaded, { data: folder, from });
  const configured = loaded.values.filter(({ key, origin }) => key.startsWith('settings.') && origin.source !== 'default');
  const settings = Object.fromEntries(configured.map(({ key, value }) => [key.slice('settings.'.length), value]));
  const { checkpoint_interval, archive_after } = loaded.configuration;
  const past = { interval_ms: checkpoint_interval * 1000, archive_after_ms: archive_after * 86_400_000 };
  return SwarmRegistry.open([...place.swarms, ...swarms], async (name) => ({
    ...(await logOf(place.folderOf(name), name, past)),
    clock: systemClock,
    random: systemRandom,
    offload: new ThreadOffload(),
    settings,
    ...listener(name),
  }));
}

/** The journal of a swarm, which is opened again and again, and its past. In memory what was stored outlives the handle, as on a disk. */
async function logOf(
  folder: string | null,
  swarm: string,
  { interval_ms, archive_after_ms }: { readonly interval_ms: number; readonly archive_after_ms: number },
): Promise<Pick<EngineOptions, 'openJournal' | 'checkpoints' | 'moments'>> {
  if (folder !== null) {
    const [{ openSqliteJournal }, { ThreadCheckpoints }, { ThreadMoments }] = await Promise.all([
      import('./journal/sqlite/open-sqlite-journal.ts'),
      import('./travel/thread-checkpoints.ts'),
      import('./travel/thread-moments.ts'),
    ]);
    return {
      openJournal: () => openSqliteJournal({ folder }),
      checkpoints: new ThreadCheckpoints({ folder, swarm, archive_after_ms }, interval_ms),
      moments: new ThreadMoments({ folder, swarm }),
    };
  }
  const [{ MemoryStorage, openMemoryJournal, openMemoryReader }, { inlineMoments }] = await Promise.all([
    import('./journal/memory/memory-journal.ts'),
    import('./travel/inline-moments.ts'),
  ]);
  const storage = new MemoryStorage(`memory-${swarm}-${process.pid}-${Date.now().toString(36)}`);
  return { openJournal: async () => openMemoryJournal(storage), moments: inlineMoments(swarm, openMemoryReader(storage)) };
}

async function launchWorker({ name, folder, swarm, agent, onEvent, find, ...options }: WorkerLaunch): Promise<WorkerOutcome> {
  const [
    { hostname },
    { runWorker },
    { movingNetwork },
    { fetchTransport },
    { createRunner, programOf, runsCommands },
    { accountOf },
    { processEnvironment },
    { isProgramThere },
    { Failure },
  ] = await Promise.all([
    import('node:os'),
    import('./host/run-worker.ts'),
    import('./host/moving-network.ts'),
    import('./client/fetch-transport.ts'),
    import('./runners/create-runner.ts'),
    import('./runners/provider-account.ts'),
    import('./config/environment.ts'),
    import('./config/program-path.ts'),
    import('./contract/failure.ts'),
  ]);
  const { role, prices, servers, account: named, ...choice } = agent;
  const runner = await createRunner(choice, processEnvironment());
  const program = programOf(choice);
  // Without it every task that the worker takes would fail.
  if (program !== null && !isProgramThere(program, processEnvironment()))
    throw new Failure('runner_unready', { runner: choice.runner, reason: `its program ${program} is not there` });
  const account = named ?? accountOf({ runner: choice.runner, env: processEnvironment(), host: hostname() });
  const { url } = options;
  const network = movingNetwork(fetchTransport, { url, find: find ?? (() => Promise.resolve(url)) });
  return runWorker({
    ...options,
    get url() {
      return network.url;
    },
    transport: network.transport,
    ...(name === undefined ? {} : { session_id: name }),
    ...(swarm === undefined ? {} : { swarm }),
    data_folder: folder,
    runner,
    ...(runsCommands(choice.runner) ? {} : { agent: { role, servers } }),
    ...(account === undefined ? {} : { account }),
    prices,
    environment: processEnvironment(),
    onEvent: (event) => onEvent({ ...event }),
  });
}

async function launchHook({ event, takes_work, ...context }: HookLaunch): ReturnType<Launch['hook']> {
  if (event !== null) return (await import('./hooks/run-hook.ts')).runHook(context, event);
  return (await import('./hooks/wait-for-news.ts')).waitForNews(context, takes_work);
}

async function launchHost({ data, folder, onEvent, most_sessions, ...options }: HostLaunch): Promise<void> {
  const [{ runHost }, { inheritedEnvironment }, { agentVariables }, { processEnvironment }] = await Promise.all([
    import('./host/supervision/run-host.ts'),
    import('./host/task-environment.ts'),
    import('./runners/create-runner.ts'),
    import('./config/environment.ts'),
  ]);
  const environment = inheritedEnvironment(processEnvironment());
  const agents = { tutti: launch.program, data, variables: agentVariables('claude', processEnvironment()) };
  const kept = { rules: { most_sessions }, data_folder: folder, environment, agents };
  await runHost({ ...options, ...kept, onEvent: (event) => onEvent({ ...event }) });
}

async function launchDemo(options: DemoLaunch): Promise<void> {
  const [{ runDemo }, { processEnvironment }] = await Promise.all([import('./demo/run-demo.ts'), import('./config/environment.ts')]);
  await runDemo({ ...options, program: launch.program, environment: processEnvironment() });
}

const { processEnvironment } = await import('./config/environment.ts');
const args = process.argv.slice(2);
const surroundings = { env: processEnvironment(), from: process.cwd(), launch };
process.exitCode = args[0] === 'hook' ? await runHookOr(runCommand) : await runCommand();

/** A hook has a way of its own to what it does: agents wait for it. */
async function runHookOr(other: () => Promise<number>): Promise<number> {
  const { plainHook, runHookDirectly } = await import('./cli/run-hook-directly.ts');
  const values = plainHook(args);
  return values === null ? other() : runHookDirectly(values, surroundings);
}

async function runCommand(): Promise<number> {
  return (await import('./cli/run-cli.ts')).runCli(args, surroundings);
}
