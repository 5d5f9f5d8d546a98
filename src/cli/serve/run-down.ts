/**
 * tutti down: stops the server of this project. Invariant: only a process that has just answered as the instance that
 * `server.json` names gets a signal, or with --force one that began when that server did, so a process id that was given to
 * somebody else is never hit.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createHttpClient } from '../../client/http-client.ts';
import { dataFiles } from '../../config/data-folder.ts';
import { findLocalServer, type FoundServer, processLives, recordedServer } from '../../config/find-server.ts';
import { processBirth } from '../../config/process-birth.ts';
import { isProgramThere } from '../../config/program-path.ts';
import { readServerFile, removeServerFile } from '../../config/server-file.ts';
import { Failure } from '../../contract/failure.ts';
import type { SessionView } from '../../contract/views/session-view.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { cleanLine, safeJson } from '../output/clean-text.ts';
import { counted } from '../output/words.ts';

type RecordedServer = ReturnType<typeof recordedServer>;

const WITHIN_S = 30;
const LOOK_EVERY_MS = 25;
/** A process whose parent does not collect it lingers after its end; the file it removed last tells that it has ended. */
const LINGERS_MS = 500;
const NAMED = 5;

/** Runs `tutti down`. */
export async function runDown(context: CliContext, values: Values): Promise<number> {
  const { terminal, globals, from, env } = context;
  if (globals.server !== undefined) {
    throw new Failure('usage', { reason: 'tutti down stops a server of this machine; name its data folder with --data, not its address.' });
  }
  const search = { from, env, data: globals.data };
  const server = await findLocalServer(search).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'server_unreachable') return null;
    throw error;
  });
  if (server === null) return downSilent(context, recordedServer(search), values);
  const { pid, instance } = server.file;
  const [busy, hosted] = await Promise.all([busySessions(server), hostedSessions(server)]);
  const fate = [...fateOf(busy), ...(isProgramThere('tmux', env) ? fateInTerminals(hosted) : [])];
  if (globals.dry_run) {
    terminal.say(`It would stop the server at ${server.url} (process ${pid}).`, ...fate);
    return 0;
  }
  kill(pid, 'SIGTERM', server.folder);
  await ended({ pid, instance, file: dataFiles(server.folder).server }, secondsOf(values));
  const { url, folder } = server;
  const ids = { busy_sessions: busy.map(({ id }) => id), hosted_sessions: hosted };
  if (globals.json) terminal.print(safeJson({ status: 'stopped', url, pid, data: folder, ...ids }));
  else terminal.print(`The server at ${url} is stopped; its data is safe in ${folder}.`, ...fate);
  return 0;
}

/** A server whose process runs and that does not answer. */
async function downSilent({ terminal, globals }: CliContext, { folder, file }: RecordedServer, values: Values): Promise<number> {
  const { pid, url, born, instance } = file;
  if (values['force'] !== true) {
    throw new Failure('server_silent', { folder, pid, url, reason: 'it is busy, stopped, or hangs' });
  }
  if (typeof born !== 'string' || processBirth(pid) !== born) {
    throw new Failure('server_unverified', { pid, folder, reason: 'it did not begin when that server did' });
  }
  if (globals.dry_run) {
    terminal.say(`It would end process ${pid} at once, the server of ${folder}, which does not answer at ${url}.`);
    return 0;
  }
  kill(pid, 'SIGKILL', folder);
  const path = dataFiles(folder).server;
  removeServerFile(path, instance);
  await ended({ pid, instance, file: path }, secondsOf(values));
  if (globals.json) terminal.print(safeJson({ status: 'killed', url, pid, data: folder }));
  else
    terminal.print(
      `The server at ${url} did not answer; its process ${pid} was ended. Whatever it acknowledged is safe in ${folder}.`,
      'Workers go on, keep their results, and deliver them once the server is back: tutti up',
    );
  return 0;
}

function secondsOf(values: Values): number {
  return typeof values['timeout'] === 'number' ? values['timeout'] : WITHIN_S;
}

async function busySessions({ url, token }: FoundServer): Promise<readonly SessionView[]> {
  const client = createHttpClient({ url, token, retry: { attempts: 1 } });
  const { sessions } = await client.call('session.list', { status: 'busy', limit: 1000 }).catch(() => ({ sessions: [] }));
  return sessions;
}

/** Those that run in terminals which a host keeps. */
async function hostedSessions({ url, token }: FoundServer): Promise<readonly string[]> {
  const client = createHttpClient({ url, token, retry: { attempts: 1 } });
  const { sessions } = await client.call('hosted.list', {}).catch(() => ({ sessions: [] }));
  return sessions.filter(({ status }) => status === 'running').map(({ session_id }) => session_id);
}

/** They outlive server and host. */
function fateInTerminals(hosted: readonly string[]): string[] {
  if (hosted.length === 0) return [];
  return [
    `${counted(hosted.length, 'session')} in terminals: ${someOf(hosted)}. They go on; tutti session attach ${cleanLine(hosted[0] ?? '')} shows one.`,
    'To end one, take it out of `sessions` in the configuration; the host that runs, or the next one, ends it.',
  ];
}

function someOf(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).map(cleanLine).join(', ')}${more}`;
}

/** What happens to workers: they outlive the server. */
function fateOf(busy: readonly SessionView[]): string[] {
  if (busy.length === 0) return ['No session was at work.'];
  const named = busy.map(({ id, tasks }) => `${id} (${tasks.join(', ')})`);
  return [
    `${counted(busy.length, 'session')} at work: ${someOf(named)}.`,
    'Their workers go on, keep their results, and deliver them once the server is back: tutti up',
  ];
}

function kill(pid: number, signal: 'SIGTERM' | 'SIGKILL', folder: string): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    throw new Failure('server_unverified', { pid, folder, reason: 'it cannot be signalled from here' }, error);
  }
}

async function ended({ pid, instance, file }: { pid: number; instance: string; file: string }, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  let removedAt: number | null = null;
  while (processLives(pid)) {
    if (readServerFile(file)?.instance !== instance) removedAt ??= Date.now();
    if (removedAt !== null && Date.now() - removedAt > LINGERS_MS) return;
    if (Date.now() > deadline) throw new Failure('timed_out', { what: `The end of the server (process ${pid})`, seconds });
    await delay(LOOK_EVERY_MS);
  }
}
