/**
 * tutti start: the server, and the demo beside it. When the demo has ended the server goes on.
 */
import { resolve } from 'node:path';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import type { LaunchedServer } from '../launch.ts';
import { programName } from '../program-name.ts';
import { reportFailure } from '../report-failure.ts';
import { announce, announceAddress, announceNext, planServer, serveUntilSignal } from './run-up.ts';

/** A swarm of its own: the user's stays clean. */
const DEMO_SWARM = 'demo';
const ENDING = 'Ctrl-C stops it; what was acknowledged is safe.';

/** Runs `tutti start`; resolves with the exit code once the server has ended. */
export async function runStart(context: CliContext, values: Values): Promise<number> {
  const { launch, interruption } = context;
  const plan = await planServer(context, values);
  const wanted = values['no_demo'] === undefined && launch.demo !== null;
  const server = await launch.server(wanted ? { ...plan, swarms: [DEMO_SWARM] } : plan);
  void server.taken.then(() => interruption.end());
  if (!wanted) announce(server, context, ENDING);
  else {
    announceAddress(server, context);
    if (!interruption.signal.aborted) await runDemoBeside(server, context, values);
  }
  return serveUntilSignal(server, context);
}

/** The server goes on whatever becomes of the demo. */
async function runDemoBeside({ url, folder, token_file }: LaunchedServer, context: CliContext, values: Values): Promise<void> {
  const { launch, terminal, interruption, globals, from, env } = context;
  const { signal } = interruption;
  const token = token_file === null ? null : await tokenOf(folder);
  const repository = typeof values['repo'] === 'string' ? resolve(from, values['repo']) : from;
  const { out, columns } = terminal;
  try {
    const flags = globals.data === undefined ? '' : ` --data ${folder}`;
    const place = { url, token, repository, swarm: DEMO_SWARM, tutti: programName(env), flags };
    await launch.demo?.({ ...place, out, columns, json: globals.json, signal });
  } catch (error) {
    if (signal.aborted) return;
    reportFailure(error, { doing: 'run the demo', json: globals.json, env }, terminal);
    terminal.say('The server goes on without it.');
    announceNext(context, ENDING);
  }
}

async function tokenOf(folder: string): Promise<string> {
  const { AccessTokens, loadSecret } = await import('../../config/access-tokens.ts');
  return new AccessTokens(loadSecret(folder)).tokenOf('admin');
}
