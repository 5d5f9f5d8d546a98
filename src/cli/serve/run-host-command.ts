/**
 * tutti host: keeps the sessions that the configuration names, and says what it does. The configuration is read again
 * every second: what is added starts, what is taken out is stopped.
 */
import { join, resolve } from 'node:path';
import { chooseDataFolder, makeDataFolder } from '../../config/data-folder.ts';
import type { Configuration } from '../../config/configuration-schema.ts';
import type { CliContext } from '../cli-context.ts';
import { accessToServer } from '../connect-to-server.ts';
import type { Values } from '../command.ts';
import type { HostedLaunch, WorkerNews } from '../launch.ts';
import { cleanLine, safeJson } from '../output/clean-text.ts';
import { clockTime } from '../output/words.ts';

const RELOAD_MS = 1_000;

/** Runs `tutti host`; resolves with the exit code once it was interrupted. Its sessions go on. */
export async function runHostCommand(context: CliContext, values: Values): Promise<number> {
  const { from, env, globals, terminal, launch, interruption } = context;
  const folder = chooseDataFolder({ from, env, flag: globals.data });
  let wanted = hosted((await context.configure({})).configuration, from);
  if (globals.dry_run) {
    terminal.print(safeJson(wanted, 2));
    return 0;
  }
  makeDataFolder(folder);
  const reload = setInterval(() => {
    context.configure({}).then(
      ({ configuration }) => (wanted = hosted(configuration, from)),
      () => undefined,
    );
  }, RELOAD_MS);
  if (!globals.json) terminal.say(`Keeping ${wanted.length} sessions; Ctrl-C ends the host, not its sessions.`);
  try {
    await launch.host({
      wanted: () => wanted,
      folder: join(folder, 'host'),
      find: () =>
        accessToServer(context).then(
          ({ access }) => access,
          () => null,
        ),
      lift: Array.isArray(values['lift']) ? values['lift'].map(String) : [],
      signal: interruption.signal,
      onEvent: (news) => {
        if (globals.json) terminal.print(safeJson({ ...news, time: new Date(news.time).toISOString() }));
        else terminal.print(hostLine(news));
      },
    });
  } finally {
    clearInterval(reload);
  }
  return interruption.exitCode;
}

function hosted({ sessions }: Configuration, from: string): HostedLaunch[] {
  return Object.entries(sessions).map(([id, { command, folder, restart, time_seconds, memory_mb, cpu_seconds, env }]) => ({
    id,
    command: typeof command === 'string' ? (['/bin/sh', '-c', command] as const) : ([command[0] ?? '', ...command.slice(1)] as const),
    folder: resolve(from, folder),
    restart,
    limit_ms: time_seconds === undefined ? null : time_seconds * 1_000,
    memory_mb: memory_mb ?? null,
    cpu_seconds: cpu_seconds ?? null,
    environment: env,
  }));
}

/** One line of news (D8). */
function hostLine(news: WorkerNews): string {
  const field = (name: string): string => {
    const value = news[name];
    return typeof value === 'string' ? cleanLine(value) : typeof value === 'number' ? String(value) : '';
  };
  const at = clockTime(new Date(news.time).toISOString());
  const id = field('session_id');
  const again = typeof news['at'] === 'number' ? clockTime(new Date(news['at']).toISOString()) : '';
  const SAID: Readonly<Record<string, string>> = {
    spawning: `spawning ${id}: ${field('command')}`,
    spawned: `${id} runs, PID ${field('pid')}`,
    adopted: `${id} runs already, PID ${field('pid')}; adopted`,
    exited: `process exited: ${id}, PID ${field('pid')}, ${news['exit_code'] === null ? `signal ${field('signal')}` : `exit code ${field('exit_code')}`}`,
    restarting: `${id} is started again at ${again} (failure ${field('failures')})`,
    quarantined: `${id} ended ${field('failures')} times in a row and stays ended: tutti host --lift ${id}`,
    stopped: `${id} was stopped: ${news['why'] === 'time_over' ? 'its time is over' : 'it is no longer wanted'}`,
    warning: field('message'),
  };
  return `${at}  ${SAID[news.kind] ?? news.kind}`;
}
