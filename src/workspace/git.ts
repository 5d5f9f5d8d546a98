/**
 * Runs git, without a shell. Invariant: the person's configuration is read and never written, their hooks and background
 * programs do not run for our own commands, and variables of an outer git (we may run inside one of its hooks) do not leak in.
 */
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../contract/failure.ts';

/** Where git works. */
export interface GitPlace {
  readonly folder: string;
  /** Git folder to use whatever `folder/.git` says. */
  readonly git_dir?: string;
  readonly work_tree?: string;
}

/** What a git command gave back; any exit code is an answer. */
export interface GitOutcome {
  readonly exit_code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a git command. */
export interface GitOptions {
  readonly input?: string;
  /** Index to use instead of the worktree's own. */
  readonly index_file?: string;
  /** Everything written survives a power cut once the command has ended. */
  readonly durable?: boolean;
  /** Bytes after which git is stopped; what it said until then is its answer. */
  readonly most_output?: number;
}

const LONGEST_MS = 10 * 60_000;
const MOST_OUTPUT = 256 * 1024 * 1024;
const TRIES = 12;
const LONGEST_PAUSE_MS = 400;
/** Two gits at once: one made its lock file first, or the folder of a ref went away, or a worktree is half made. */
const CONTENTION = /\.lock': File exists|\.lock': No such file or directory|failed to read .*commondir/;

const LEAKING = [
  'GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX GIT_COMMON_DIR GIT_OBJECT_DIRECTORY GIT_NAMESPACE',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_CONFIG GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT GIT_SHALLOW_FILE',
  'GIT_GRAFT_FILE GIT_REPLACE_REF_BASE GIT_CEILING_DIRECTORIES GIT_DEFAULT_HASH',
  'GIT_LITERAL_PATHSPECS GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS GIT_ICASE_PATHSPECS',
].flatMap((names) => names.split(' ').flatMap((name) => ['-u', name]));
const PERSON = ['AUTHOR', 'COMMITTER'].flatMap((who) => [`GIT_${who}_NAME=Tutti`, `GIT_${who}_EMAIL=tutti@localhost`]);
const QUIET = ['LC_ALL=C', 'GIT_TERMINAL_PROMPT=0', 'GIT_OPTIONAL_LOCKS=0', 'GIT_EDITOR=:'];
const NEUTRAL = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'core.splitIndex=false',
  'core.safecrlf=false',
  'commit.gpgSign=false',
  'i18n.commitEncoding=UTF-8',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.addEmbeddedRepo=false',
];
const DURABLE = ['core.fsync=all', 'core.fsyncMethod=batch'];

/** Runs git and returns its output. Throws `git_failed` when git says no. */
export async function git(place: GitPlace, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const outcome = await runGit(place, args, options);
  if (outcome.exit_code !== 0) throw gitFailure(place, args, outcome);
  return outcome.stdout;
}

/** Runs git and returns whatever came of it. Waits, within a bound, for another git that holds a lock. */
export async function runGit(place: GitPlace, args: readonly string[], options: GitOptions = {}): Promise<GitOutcome> {
  for (let tried = 1; ; tried += 1) {
    const outcome = await runOnce(place, args, options);
    if (outcome.exit_code === 0 || tried === TRIES || !CONTENTION.test(outcome.stderr)) return outcome;
    await pauseBefore(tried);
  }
}

/** Waits a while that grows with each try and differs between those who wait. */
export async function pauseBefore(tried: number): Promise<void> {
  await sleep(randomInt(1, Math.min(10 * 2 ** tried, LONGEST_PAUSE_MS)));
}

/** The failure of a git command. */
export function gitFailure(place: GitPlace, args: readonly string[], outcome: GitOutcome): Failure {
  const command = args.find((word) => !word.startsWith('-')) ?? '';
  return new Failure('git_failed', { command, folder: place.folder, reason: gitReason(outcome) });
}

/** What git says about why, at most 300 characters: its first error and how it ended. */
export function gitReason(outcome: GitOutcome): string {
  const lines = outcome.stderr.split('\n').filter((said) => said.trim() !== '');
  const cause = lines.find((said) => said.startsWith('error:'));
  const end = lines.find((said) => said.startsWith('fatal:'));
  const told = [cause, end].filter((said) => said !== undefined).map((said) => said.replace(/^\w+: /, ''));
  const reason = told.length > 0 ? told.join('; ') : (lines[0] ?? `exit code ${outcome.exit_code}`);
  return reason.replace(/\p{C}/gu, ' ').slice(0, 300);
}

function runOnce(place: GitPlace, args: readonly string[], options: GitOptions): Promise<GitOutcome> {
  const settings = [...NEUTRAL, ...(options.durable === true ? DURABLE : [])].flatMap((setting) => ['-c', setting]);
  const where = ['-C', place.folder];
  if (place.git_dir !== undefined) where.push(`--git-dir=${place.git_dir}`);
  if (place.work_tree !== undefined) where.push(`--work-tree=${place.work_tree}`);
  const index = options.index_file === undefined ? [] : [`GIT_INDEX_FILE=${options.index_file}`];
  const command = [...LEAKING, ...QUIET, ...PERSON, ...index, 'git', ...settings, ...where, ...args];
  if (command.some((word) => word.includes('\0'))) {
    return Promise.resolve({ exit_code: 128, stdout: '', stderr: 'fatal: a name with a NUL character' });
  }
  return new Promise((resolve) => {
    const child = execFile(
      'env',
      command,
      { maxBuffer: options.most_output ?? MOST_OUTPUT, timeout: LONGEST_MS, encoding: 'utf8' },
      (error, stdout, stderr) => {
        resolve({ exit_code: exitCode(error), stdout, stderr: error === null ? stderr : stderr || explain(error) });
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
  });
}

function exitCode(error: { code?: unknown } | null): number {
  if (error === null) return 0;
  return typeof error.code === 'number' ? error.code : 128;
}

function explain(error: { killed?: boolean; message: string }): string {
  return error.killed === true ? `fatal: git was stopped after ${LONGEST_MS / 1_000} s or too much output` : `fatal: ${error.message}`;
}
