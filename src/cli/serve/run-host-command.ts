/**
 * tutti host: keeps the sessions that the configuration names, and says what it does.
 */
import { chooseDataFolder, makeDataFolder } from '../../config/data-folder.ts';
import { Failure } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { safeJson } from '../output/clean-text.ts';
import { counted } from '../output/words.ts';
import { hostedSessions, hostLine, keepSessions } from './keep-sessions.ts';

/** Runs `tutti host`; resolves with the exit code once it was interrupted. In tmux its sessions go on. */
export async function runHostCommand(context: CliContext, values: Values): Promise<number> {
  const { from, env, globals, terminal, interruption } = context;
  const folder = chooseDataFolder({ from, env, flag: globals.data });
  const { configuration } = await context.configure({});
  const wanted = hostedSessions(configuration, context);
  if (globals.dry_run) {
    terminal.print(safeJson(wanted, 2));
    return 0;
  }
  const lift = Array.isArray(values['lift']) ? values['lift'].map(String) : [];
  const unknown = lift.find((id) => !wanted.some((each) => each.id === id));
  if (unknown !== undefined) throw new Failure('session_not_hosted', { session_id: unknown });
  makeDataFolder(folder);
  await keepSessions(context, {
    folder,
    configuration,
    lift,
    onEvent: (news) => {
      if (news.kind === 'keeping' && !globals.json) terminal.say(...whatIsKept(wanted.length));
      if (globals.json) terminal.print(safeJson({ ...news, time: new Date(news.time).toISOString() }));
      else terminal.print(hostLine(news));
    },
  });
  return interruption.exitCode;
}

function whatIsKept(count: number): string[] {
  if (count > 0) return [`Keeping ${counted(count, 'session')}; Ctrl-C ends the host.`];
  return [
    'No session is configured. Name one under `sessions` in .tutti/config.yaml, which is read again when it changes:',
    '  sessions: { eng-1: { agent: { runner: claude } }, watch: { command: npm run watch } }',
  ];
}
