/**
 * Keeps the sessions that the configuration names, for `tutti host` and `tutti up`. The configuration is read again every
 * second: what is added starts, what is taken out is stopped, once it was read twice alike: a file that is just being
 * written can look as if everything had been taken out.
 */
import { join, resolve } from 'node:path';
import { reasonOf } from '../../contract/failure.ts';
import type { Configuration } from '../../config/configuration-schema.ts';
import type { CliContext } from '../cli-context.ts';
import { accessToServer } from '../connect-to-server.ts';
import type { AgentServerLaunch, HostedLaunch, HostLaunch, WorkerNews } from '../launch.ts';
import { chosenServers } from './chosen-servers.ts';
import { cleanLine } from '../output/clean-text.ts';
import { clockTime } from '../output/words.ts';

/** What is kept, and how. */
export interface KeepPlan extends Pick<HostLaunch, 'lift' | 'onEvent'> {
  /** The data folder. */
  readonly folder: string;
  readonly configuration: Configuration;
  /** Where the server is; left out: it is looked for. */
  readonly find?: HostLaunch['find'];
}

const RELOAD_MS = 1_000;
/** Characters of the last line that a program showed. */
const LAST_WORDS = 200;

const WOKEN: Readonly<Record<string, string>> = {
  taken: 'was told in its terminal',
  lost: 'did not take what was pasted into its terminal, and is told again',
  given_up: 'takes nothing that is pasted into its terminal; look at it with tutti session attach',
};

/** Keeps them until the first signal; they go on. Throws `host_running` when another host keeps them. */
export async function keepSessions(context: CliContext, { folder, configuration: first, ...options }: KeepPlan): Promise<void> {
  const { launch, interruption } = context;
  let wanted = hostedSessions(first, context);
  let read = '';
  let told = '';
  const take = (next: HostedLaunch[]): void => {
    const before = read;
    read = JSON.stringify(next);
    if (read === before) wanted = next;
    told = '';
  };
  const tellOnce = (error: unknown): void => {
    const message = reasonOf(error);
    if (message !== told)
      options.onEvent({ kind: 'warning', time: Date.now(), message: `${message} The sessions stay as they are until then.` });
    told = message;
  };
  const reload = setInterval(() => {
    context
      .configure({})
      .then(({ configuration }) => {
        take(hostedSessions(configuration, context));
      })
      .catch(tellOnce);
  }, RELOAD_MS);
  const find = (): ReturnType<HostLaunch['find']> =>
    accessToServer(context).then(
      ({ access }) => access,
      () => null,
    );
  try {
    const kept = { wanted: () => wanted, data: folder, folder: join(folder, 'host'), most_sessions: first.most_sessions };
    await launch.host({ find, ...options, ...kept, signal: interruption.signal });
  } finally {
    clearInterval(reload);
  }
}

/** What the configuration wants. Throws `runner_unready` when an agent's servers are not there. */
export function hostedSessions(configuration: Configuration, { from, env: own }: Pick<CliContext, 'from' | 'env'>): HostedLaunch[] {
  const servers = (names: readonly string[]): AgentServerLaunch[] => chosenServers(names, configuration, own);
  return Object.entries(configuration.sessions).map(
    ([id, { command, agent, folder, restart, time_seconds, memory_mb, cpu_seconds, env, worktree }]) => ({
      id,
      ...whatRuns(command, agent, servers),
      folder: resolve(from, folder),
      restart,
      limit_ms: time_seconds === undefined ? null : time_seconds * 1_000,
      memory_mb: memory_mb ?? null,
      cpu_seconds: cpu_seconds ?? null,
      environment: env,
      worktree,
    }),
  );
}

type Hosted = Configuration['sessions'][string];

function whatRuns(
  command: Hosted['command'],
  agent: Hosted['agent'],
  servers: (names: readonly string[]) => AgentServerLaunch[],
): Pick<HostedLaunch, 'command' | 'agent'> {
  if (agent !== undefined) {
    const { model, program, permissions, takes_work } = agent;
    const words = (program ?? agent.runner).split(/\s+/).filter((word) => word !== '');
    const [first = agent.runner, ...rest] = words;
    const chosen = { program: [first, ...rest] as const, permissions, takes_work, servers: servers(agent.servers) };
    return { command: [first, ...rest], agent: { ...chosen, ...(model === undefined ? {} : { model }) } };
  }
  if (typeof command === 'string') return { command: ['/bin/sh', '-c', command] };
  const [first = '', ...rest] = command ?? [];
  return { command: [first, ...rest] };
}

const STOPPED: Readonly<Record<string, string>> = {
  not_wanted: 'it is no longer wanted',
  time_over: 'its time is over',
  cpu_over: 'its processor time is used up',
  memory_over: 'it held more memory than it may',
  host_ended: 'its host ended',
};

/** The last line of a screen, which as a rule says why. */
function lastWords(screen: unknown): string {
  const lines = typeof screen === 'string' ? screen.trimEnd().split('\n') : [];
  const last = cleanLine(lines.at(-1) ?? '');
  return last === '' ? '' : `; its last words: ${last.slice(0, LAST_WORDS)}`;
}

/** One line of news (D8). */
export function hostLine(news: WorkerNews): string {
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
    quarantined: `${id} ended ${field('failures')} times in a row and stays ended${lastWords(news['screen'])}; to try it again: tutti host --lift ${id}`,
    left_ended:
      news['failures'] === 0
        ? `${id} has ended before and is not started again by itself; to start it: tutti host --lift ${id}`
        : `${id} stays ended: it failed ${field('failures')} times in a row; to try it again: tutti host --lift ${id}`,
    handed_over: `the host that runs here was told to try again: ${field('session_ids')}`,
    keeping:
      news['outlives'] === true
        ? 'keeping them in tmux: they go on without this host'
        : 'tmux is not installed: the sessions end with this host (install tmux, and they outlive it)',
    stopped: `${id} was stopped: ${STOPPED[field('why')] ?? field('why')}`,
    woken: `${id} ${WOKEN[field('outcome')] ?? field('outcome')}: ${field('news')}`,
    interrupted: `${id} ${news['outcome'] === 'lost' ? 'could not be interrupted; look at it with tutti session attach' : 'was interrupted'}: ${field('why')}`,
    warning: field('message'),
  };
  return `${at}  ${SAID[news.kind] ?? news.kind}`;
}
