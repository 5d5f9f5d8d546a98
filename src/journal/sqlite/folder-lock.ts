/**
 * Owns the lock of a data folder: one process, and in it one handle, holds it at a time.
 * Invariant: the lock is an open exclusive transaction on `lock.db`, so the operating system frees it when the process
 * dies; `lock.json` beside it only names the holder for the message and never decides.
 *
 * Nothing else in this process may open and close `lock.db`: POSIX drops a process's locks on a file with any close of it.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../contract/failure.ts';
import { makePrivateFile, makePrivateFolder } from '../private-file.ts';
import { isBusy } from './sqlite-error.ts';

/** A held lock. */
export interface FolderLock {
  /** Frees the folder for the next one. */
  release(): void;
}

/** Who holds a lock: a server for as long as it lives, or a tool that adds no event for as long as its work takes. */
type Holder = 'server' | 'tool';

/** Takes the lock of an archive's folder. Throws Failure `journal_locked` when somebody changes it. */
export function lockArchive(folder: string): FolderLock {
  makePrivateFolder(folder);
  return lockFolder(folder, 'tool');
}

/** Takes the lock of this folder. Throws Failure `journal_locked` at once when another handle or process holds it. */
export function lockFolder(folder: string, holder: Holder): FolderLock {
  const file = join(folder, 'lock.db');
  const holderFile = join(folder, 'lock.json');
  makePrivateFile(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    // Without this, the transaction would leave a rollback journal on the disk for the next holder to clean up.
    database.exec('PRAGMA journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) throw new Failure('journal_locked', { folder, ...readHolder(holderFile) }, error);
    throw error;
  }
  const release = (): void => {
    rmSync(holderFile, { force: true });
    database.close();
  };
  try {
    writeFileSync(holderFile, JSON.stringify({ pid: process.pid, since: new Date().toISOString(), holder }), { mode: 0o600 });
    return { release };
  } catch (error) {
    release();
    throw error;
  }
}

function readHolder(file: string): { pid: number | string; since: string; holder: Holder } {
  let named: unknown;
  try {
    named = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The holder has not named itself yet, or is just going.
    named = {};
  }
  const { pid, since, holder } = named as { pid?: number; since?: string; holder?: Holder };
  return { pid: pid ?? 'unknown', since: since ?? 'a moment ago', holder: holder ?? 'server' };
}
