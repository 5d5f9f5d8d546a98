/**
 * Owns where the data of a project lies: the folder `.tutti`, found from a folder upwards, and the names of the files in it.
 * Invariant: the folder and its secrets are readable by their owner only, and git never takes them in.
 */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { Environment } from './environment.ts';

/** Name of the data folder of a project. */
export const DATA_FOLDER = '.tutti';

/** The files of a data folder. */
export interface DataFiles {
  readonly folder: string;
  readonly config: string;
  readonly server: string;
  /** That a server is about to start. */
  readonly starting: string;
  readonly token: string;
  readonly log: string;
  /** The folders of workers: results, logs, worktrees. */
  readonly workers: string;
}

/** Where the data folder is looked for. */
export interface DataFolderSearch {
  /** The folder to start from. */
  readonly from: string;
  readonly env: Environment;
  /** The data folder itself, as a flag named it. */
  readonly flag?: string | undefined;
}

/** The files of this data folder. */
export function dataFiles(folder: string): DataFiles {
  return {
    folder,
    config: join(folder, 'config.yaml'),
    server: join(folder, 'server.json'),
    starting: join(folder, 'starting.json'),
    token: join(folder, 'token'),
    log: join(folder, 'server.log'),
    workers: join(folder, 'workers'),
  };
}

/** The data folder in use: named by flag or TUTTI_DATA, or the nearest `.tutti` from here upwards. null: there is none. */
export function findDataFolder({ from, env, flag }: DataFolderSearch): string | null {
  const named = flag ?? env['TUTTI_DATA'];
  if (named !== undefined && named !== '') return resolve(from, named);
  return (
    ancestors(from)
      .map((folder) => join(folder, DATA_FOLDER))
      .find((folder) => isFolder(folder)) ?? null
  );
}

/** The data folder in use. Throws Failure `data_folder_missing`. */
export function requireDataFolder(search: DataFolderSearch): string {
  const folder = findDataFolder(search);
  if (folder === null || !isFolder(folder)) throw new Failure('data_folder_missing', { folder: folder ?? search.from });
  return folder;
}

/** The data folder that a server uses here: the one in use, or a fresh one at the top of the project. */
export function chooseDataFolder(search: DataFolderSearch): string {
  const found = findDataFolder(search);
  if (found !== null) return found;
  const project = ancestors(search.from).find((folder) => existsSync(join(folder, '.git')));
  return join(project ?? resolve(search.from), DATA_FOLDER);
}

/**
 * Makes the data folder (0700) unless it exists; what it holds stays out of git, except for the configuration.
 * Throws Failure `data_folder_unusable`.
 */
export function makeDataFolder(folder: string): DataFiles {
  try {
    // Not `recursive`: where no folder can be made, such as below /proc, that never returns.
    for (const path of ancestors(folder).toReversed()) if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
    const ignore = join(folder, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '/*\n!/config.yaml\n');
    return dataFiles(folder);
  } catch (error) {
    throw new Failure('data_folder_unusable', { folder, reason: reasonOf(error) }, error);
  }
}

/** This folder and those above it, the nearest first. */
export function ancestors(from: string): string[] {
  const folders = [resolve(from)];
  for (let folder = resolve(from); dirname(folder) !== folder;) {
    folder = dirname(folder);
    folders.push(folder);
  }
  return folders;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
