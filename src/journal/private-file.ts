/** Owns how files and folders of the data folder come into being: readable by their owner only, and there after a power cut. */
import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes an empty file (0600) unless it exists. An existing one is not even opened: closing it would drop SQLite's locks. */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/** Makes a folder (0700) and the missing ones above it, and syncs the names it made. */
export function makePrivateFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let path = folder; path !== first; path = dirname(path)) syncFolder(dirname(path));
  syncFolder(dirname(first));
}

/** Makes the names of the files in this folder durable. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
