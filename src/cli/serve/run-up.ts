/**
 * tutti up: starts the server in this process, says where it is and what to do next, and ends it gracefully on a signal.
 * Steps: 1. configuration and data folder; 2. launch; 3. announce; 4. wait for the signal, or for another server that takes
 * over; 5. close.
 */
import { readFileSync } from 'node:fs';
import { chooseDataFolder, dataFiles } from '../../config/data-folder.ts';
import type { LoadedConfiguration } from '../../config/load-configuration.ts';
import { noteStart } from '../../config/starting-file.ts';
import { reasonOf } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import type { LaunchedServer, WorkerNews } from '../launch.ts';
import { cleanLine, safeJson } from '../output/clean-text.ts';
import { fields } from '../output/table.ts';
import { programName } from '../program-name.ts';
import { reportFailure } from '../report-failure.ts';
import { type AnnouncedServer, detachServer, tellParent } from './detached-server.ts';
import { sayLastRun } from './say-last-run.ts';

/** What a server is started with. */
export interface ServePlan {
  readonly folder: string;
  readonly configuration: LoadedConfiguration;
  readonly from: string;
}

/** Runs `tutti up`; resolves with the exit code once the server has ended. */
export async function runUp(context: CliContext, values: Values): Promise<number> {
  const plan = await planServer(context, values);
  if (context.globals.dry_run) return sayPlan(plan, context);
  // A server in the background would tell its log alone.
  if (process.send === undefined) sayLastRun(plan.folder, context);
  if (values['detach'] === true) {
    const server = await detachServer(context, plan.folder);
    announce(server, context, 'tutti down stops it.');
    return 0;
  }
  // A server in the background has a parent that says how it ended.
  const isReady = process.send === undefined ? noteStart(plan.folder, dataFiles(plan.folder).starting) : () => undefined;
  const server = await tellParent(() => context.launch.server(plan)).finally(isReady);
  announce(server, context, 'Ctrl-C stops it; what was acknowledged is safe.');
  const kept = keepBeside(server, plan, context);
  const code = await serveUntilSignal(server, context);
  await kept;
  return code;
}

/** Keeps the sessions of the configuration, if that is wanted. They go on when the server ends. */
async function keepBeside(
  { url, token_file }: LaunchedServer,
  { folder, configuration: loaded }: ServePlan,
  context: CliContext,
): Promise<void> {
  const { configuration } = loaded;
  if (!configuration.keep_sessions) return;
  const { keepSessions, hostLine } = await import('./keep-sessions.ts');
  const { terminal, globals } = context;
  const token = token_file === null ? null : readFileSync(token_file, 'utf8').trim();
  const onEvent = (news: WorkerNews): void => {
    if (!globals.json) terminal.print(hostLine(news));
    else if (news.kind === 'warning') terminal.say(hostLine(news));
  };
  const find = () => Promise.resolve({ url, token });
  await keepSessions(context, { folder, configuration, lift: [], onEvent, find }).catch((error: unknown) =>
    terminal.say(`The sessions are not kept: ${cleanLine(reasonOf(error))}`),
  );
}

/** Configuration and data folder from flags and everything below them. */
export async function planServer(context: CliContext, values: Values): Promise<ServePlan> {
  const { from, env, globals } = context;
  const text = (field: string): string | undefined => (typeof values[field] === 'string' ? values[field] : undefined);
  const configuration = await context.configure({
    port: text('port'),
    host: text('host'),
    journal: text('journal'),
    log_level: text('log_level'),
    auth: values['no_auth'] === undefined ? undefined : 'false',
    keep_sessions: values['keep_sessions'] === undefined ? undefined : 'true',
  });
  return { configuration, from, folder: chooseDataFolder({ from, env, flag: globals.data }) };
}

/** Serves until the first signal, or until another server has taken over, then closes gracefully; a second signal ends the process at once. */
export async function serveUntilSignal(server: LaunchedServer, context: CliContext): Promise<number> {
  const { interruption, terminal, globals, env } = context;
  const taken = await Promise.race([server.taken, interruption.done()]);
  const failed = taken === undefined ? null : reportFailure(taken, { doing: 'go on serving', json: globals.json, env }, terminal);
  interruption.end();
  terminal.say(
    `Stopping: finishing what runs, then closing the log. ${interruption.received === 'SIGINT' ? 'Ctrl-C again ends it at once.' : ''}`.trimEnd(),
  );
  await server.close();
  terminal.say(taken?.code === 'journal_removed' ? 'Stopped.' : 'Stopped; everything acknowledged is safe.');
  return failed ?? interruption.exitCode;
}

/** Says where the server is and what to do next. */
export function announce(server: AnnouncedServer, context: CliContext, ending: string): void {
  announceAddress(server, context);
  announceNext(context, ending);
}

/** Says what to do next. */
export function announceNext(context: CliContext, ending: string): void {
  if (context.globals.json) return;
  const { out } = context.terminal;
  const tutti = programName(context.env);
  context.terminal.print(
    '',
    'Next, in another terminal:',
    `  ${out.bold(`${tutti} worker --capabilities build,test`)}`,
    `  ${out.bold(`${tutti} task add --run "npm test" --wait`)}`,
    `  ${out.bold(`${tutti} status`)}`,
    '',
    out.dim(ending),
  );
}

/** Says where the server is. */
export function announceAddress(server: AnnouncedServer, { terminal, globals }: CliContext): void {
  const { url, pid, instance, version, swarm, folder, journal, token_file, log_file } = server;
  const { out, err } = terminal;
  if (server.instead_of !== null)
    terminal.say(`${err.amber('▲')} Port ${server.instead_of} is taken; the server listens on ${new URL(url).port} instead.`);
  if (server.fault !== null) terminal.say(`${err.amber('▲')} ${cleanLine(server.fault)} Run tutti doctor.`);
  if (globals.json) {
    terminal.print(safeJson({ url, pid, instance, version, swarm, data: folder, token_file, log_file }));
    return;
  }
  terminal.print(
    `${out.green('●')} ${out.bold('Tutti is up:')} ${out.accent(url)}`,
    '',
    ...fields(
      [
        ['  data', folder],
        ['  log of events', journal === folder ? null : journal],
        ['  token', token_file === null ? 'none is asked for (--no-auth): whoever reaches this port may do everything' : token_file],
        ['', token_file === null ? null : 'found by itself in this project; elsewhere: tutti token'],
        ['  swarm', swarm === 'default' ? null : swarm],
      ],
      terminal,
    ),
  );
}

function sayPlan({ folder, configuration: { configuration } }: ServePlan, { terminal, globals }: CliContext): number {
  const { host, port, journal, auth, swarm } = configuration;
  if (globals.json) terminal.print(safeJson({ data: folder, host, port, journal, auth, swarm }, 2));
  else {
    terminal.print(
      'It would start a server:',
      ...fields(
        [
          ['  address', `${host}:${port}`],
          ['  data', folder],
          ['  journal', journal],
          ['  token', auth ? 'asked for' : 'not asked for'],
          ['  swarm', swarm],
        ],
        terminal,
      ),
    );
  }
  return 0;
}
