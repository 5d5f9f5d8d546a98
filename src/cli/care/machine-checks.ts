/**
 * The checks of tutti doctor that need no server: Node, configuration, data folder, disk, git, tmux.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chooseDataFolder, dataFiles, findDataFolder } from '../../config/data-folder.ts';
import { reasonOf } from '../../contract/failure.ts';
import { type DoctorCheck, fine } from './doctor-check.ts';

const OLDEST_NODE = 24;
const OLDEST_GIT = [2, 20] as const;
const MIB = 1_048_576;
const TIGHT_MIB = 1024;
const FULL_MIB = 100;
const ANSWER_WITHIN_MS = 20_000;

/** Node is new enough. */
export const checkNode: DoctorCheck = () => {
  const { node } = process.versions;
  if (Number(node.split('.', 1)[0]) >= OLDEST_NODE) return fine(node);
  return { status: 'problem', detail: `${node}; ${OLDEST_NODE} or newer is needed`, fix: `install Node ${OLDEST_NODE}` };
};

/** The configuration can be read. */
export const checkConfiguration: DoctorCheck = async ({ configure }) => {
  try {
    const { values } = await configure();
    const set = values.filter(({ origin }) => origin.source !== 'default').map(({ key, origin }) => `${key} (${origin.source})`);
    return fine(set.length === 0 ? 'all defaults' : `set: ${set.join(', ')}`);
  } catch (error) {
    return { status: 'problem', detail: reasonOf(error), fix: 'correct what is named; tutti config get --show-origin' };
  }
};

/** The data folder belongs to its owner only. */
export const checkDataFolder: DoctorCheck = ({ from, env, globals }) => {
  const folder = findDataFolder({ from, env, flag: globals.data });
  if (folder === null || !existsSync(folder)) return { status: 'warning', detail: 'there is none yet', fix: 'tutti up' };
  if (!statSync(folder).isDirectory()) return { status: 'problem', detail: `${folder} is no folder`, fix: 'name another with --data' };
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return { status: 'problem', detail: reasonOf(error), fix: `let this user write there: sudo chown -R $USER ${folder}` };
  }
  const { token, server } = dataFiles(folder);
  const open = [folder, token, server, join(folder, 'secret')].filter((path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0);
  if (open.length === 0) return fine(`${folder}, readable by its owner only`);
  return { status: 'problem', detail: `others can read ${open.join(', ')}`, fix: `chmod go-rwx ${open.join(' ')}` };
};

/** There is room for the log. */
export const checkDisk: DoctorCheck = ({ from, env, globals }) => {
  const folder = chooseDataFolder({ from, env, flag: globals.data });
  const place = existsSync(folder) ? folder : from;
  const { bavail, bsize } = statfsSync(place);
  const free = Math.floor((bavail * bsize) / MIB);
  const detail = free >= 10 * TIGHT_MIB ? `${Math.floor(free / 1024)} GiB free` : `${free} MiB free`;
  if (free >= TIGHT_MIB) return fine(detail);
  return {
    status: free < FULL_MIB ? 'problem' : 'warning',
    detail: `only ${detail} at ${place}`,
    fix: 'free disk space: a full disk stops every command',
  };
};

/** git is there for worktrees. */
export const checkGit: DoctorCheck = async () => {
  const found = await versionOf('git', ['--version']);
  if (found === null) return { status: 'problem', detail: 'not found; tasks on a repository cannot run', fix: 'install git' };
  const [major = 0, minor = 0] = found.split('.').map(Number);
  if (major > OLDEST_GIT[0] || (major === OLDEST_GIT[0] && minor >= OLDEST_GIT[1])) return fine(found);
  return { status: 'problem', detail: `${found}; ${OLDEST_GIT.join('.')} or newer is needed`, fix: 'install a newer git' };
};

/** tmux is there for the terminals of agents. */
export const checkTmux: DoctorCheck = async () => {
  const found = await versionOf('tmux', ['-V']);
  return found === null
    ? { status: 'warning', detail: 'not found; agent terminals cannot be attached to', fix: 'install tmux' }
    : fine(found);
};

/** The version that a program tells of itself, or null when it is not there. */
function versionOf(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: ANSWER_WITHIN_MS }, (error, stdout) =>
      resolve(error === null ? (/\d[\w.]*/.exec(stdout)?.[0] ?? 'of unknown version') : null),
    );
  });
}
