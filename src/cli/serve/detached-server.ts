/**
 * Starts a server in the background: a child process of its own group, which tells over a channel when it is ready or why
 * it is not. Invariant: this process returns only once the server answers or has ended.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { dataFiles, makeDataFolder } from '../../config/data-folder.ts';
import { ERRORS, type ErrorCode } from '../../contract/error-catalogue.ts';
import { type ErrorParams, Failure, reasonOf } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import type { LaunchedServer } from '../launch.ts';

/** Where a server is, and what is said of it when it has started. */
export type AnnouncedServer = Omit<LaunchedServer, 'taken' | 'close'>;

/** What the child tells. */
type Word = { readonly ready: AnnouncedServer } | { readonly failed: { readonly code: ErrorCode; readonly params: ErrorParams } };

const READY_WITHIN_S = 60;

/** Starts the server in the background; resolves once it answers. Throws the Failure that it failed with. */
export async function detachServer({ args, from, launch }: CliContext, folder: string): Promise<AnnouncedServer> {
  const [command, ...before] = launch.program;
  const rest = args.filter((arg) => arg !== '--detach' && arg !== '-d');
  const file = dataFiles(makeDataFolder(folder).folder).log;
  const log = openSync(file, 'a', 0o600);
  const { size } = fstatSync(log);
  const child = spawn(command, [...before, ...rest], { cwd: from, detached: true, stdio: ['ignore', 'ignore', log, 'ipc'] });
  closeSync(log);
  const word = await firstWord(child, () => readFileSync(file).toString('latin1', size));
  if ('failed' in word) throw new Failure(word.failed.code, word.failed.params);
  child.disconnect();
  child.unref();
  return word.ready;
}

/** Launches, and tells the process that started this one in the background, if one did. */
export async function tellParent(launch: () => Promise<LaunchedServer>): Promise<LaunchedServer> {
  try {
    const { taken, close, ...ready } = await launch();
    say({ ready });
    return { ...ready, taken, close };
  } catch (error) {
    const failure = error instanceof Failure ? error : new Failure('internal', { reason: reasonOf(error) }, error);
    say({ failed: { code: failure.code, params: failure.params } });
    throw failure;
  }
}

function say(word: Word): void {
  process.send?.(word);
}

/** `lastWords`: what it has written since it was started. */
function firstWord(child: ChildProcess, lastWords: () => string): Promise<Word> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGTERM');
      reject(new Failure('timed_out', { what: 'The start of the server', seconds: READY_WITHIN_S }));
    }, READY_WITHIN_S * 1000);
    const settle = (end: () => void): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      end();
    };
    child.once('message', (word) =>
      settle(() =>
        isWord(word) ? resolve(word) : reject(new Failure('internal', { reason: 'the server spoke otherwise than expected' })),
      ),
    );
    child.once('error', (error) => settle(() => reject(new Failure('internal', { reason: reasonOf(error) }, error))));
    child.once('exit', (code, signal) => settle(() => reject(whyEnded(String(signal ?? code), lastWords()))));
  });
}

/** V8 ends a process that may have no more memory, and says so where nobody can be told otherwise. */
function whyEnded(how: string, lastWords: string): Failure {
  return lastWords.includes('heap out of memory')
    ? new Failure('memory_exhausted')
    : new Failure('internal', { reason: `the server ended with ${how} before it was ready` });
}

function isWord(word: unknown): word is Word {
  if (typeof word !== 'object' || word === null) return false;
  if ('ready' in word) return true;
  return (
    'failed' in word &&
    typeof word.failed === 'object' &&
    word.failed !== null &&
    'code' in word.failed &&
    Object.hasOwn(ERRORS, String(word.failed.code))
  );
}
