/**
 * tutti start: the server, and the demo beside it. When the demo has ended the server goes on.
 */
import { Failure } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { reportFailure } from '../report-failure.ts';
import { announce, planServer, serveUntilSignal } from './run-up.ts';

/** Runs `tutti start`; resolves with the exit code once the server has ended. */
export async function runStart(context: CliContext, values: Values): Promise<number> {
  const { launch, terminal, interruption, globals, from } = context;
  const plan = await planServer(context, values);
  const server = await launch.server(plan);
  announce(server, context, 'Ctrl-C stops it; what was acknowledged is safe.');
  if (values['no_demo'] === undefined && launch.demo !== null && !interruption.signal.aborted) {
    const { url, folder } = server;
    const token = server.token_file === null ? null : await tokenOf(folder);
    await launch.demo({ url, token, folder, repository: from, signal: interruption.signal }).catch((error: unknown) => {
      if (error instanceof Failure && interruption.signal.aborted) return;
      reportFailure(error, { doing: 'run the demo', json: globals.json }, terminal);
      terminal.say('The server goes on without it.');
    });
  }
  return serveUntilSignal(server, context);
}

async function tokenOf(folder: string): Promise<string> {
  const { AccessTokens, loadSecret } = await import('../../config/access-tokens.ts');
  return new AccessTokens(loadSecret(folder)).tokenOf('admin');
}
