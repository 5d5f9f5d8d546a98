/**
 * tutti host: keeps the sessions that the configuration names, and says what it does.
 */
import { chooseDataFolder, makeDataFolder } from '../../config/data-folder.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { safeJson } from '../output/clean-text.ts';
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
  makeDataFolder(folder);
  if (!globals.json) terminal.say(`Keeping ${wanted.length} ${wanted.length === 1 ? 'session' : 'sessions'}; Ctrl-C ends the host.`);
  await keepSessions(context, {
    folder,
    configuration,
    lift: Array.isArray(values['lift']) ? values['lift'].map(String) : [],
    onEvent: (news) => {
      if (globals.json) terminal.print(safeJson({ ...news, time: new Date(news.time).toISOString() }));
      else terminal.print(hostLine(news));
    },
  });
  return interruption.exitCode;
}
