/**
 * Owns `server.json`: how a running server says where it is. Invariant: it is written whole or not at all, readable by
 * its owner only, and removed only by the server that wrote it.
 */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { parsedObject } from '../contract/loose-json.ts';
import { processBirth } from './process-birth.ts';

/** Where a server is: its address, its process, and the id by which it answers at /livez. */
export interface ServerFile {
  readonly url: string;
  readonly pid: number;
  /** `processBirth` of the process; earlier versions did not note it. */
  readonly born?: string | null | undefined;
  readonly instance: string;
  readonly started_at: string;
  readonly version: string;
}

/** What this process says of the server that it is. */
export function serverFileOf(server: Pick<ServerFile, 'url' | 'instance' | 'version'>): ServerFile {
  const { pid } = process;
  return { ...server, pid, born: processBirth(pid), started_at: new Date().toISOString() };
}

/** Says where this server is. */
export function writeServerFile(file: string, server: ServerFile): void {
  // No two servers have the same instance.
  const draft = `${file}.${server.instance}`;
  try {
    writeFileSync(draft, `${JSON.stringify(server, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Says it again unless the file still does. Where it cannot be written, the server is found once it can. */
export function renewServerFile(file: string, server: ServerFile): void {
  if (readServerFile(file)?.instance === server.instance) return;
  try {
    writeServerFile(file, server);
  } catch {
    // The disk has failed just before: nothing that was acknowledged hangs on this file.
  }
}

/** What the file says, or null when it is missing, unreadable, or was written by another user. */
export function readServerFile(file: string): ServerFile | null {
  try {
    if (!isOwn(file)) return null;
    const told: Partial<ServerFile> | null = parsedObject(readFileSync(file, 'utf8'));
    return told !== null && isServerFile(told) ? told : null;
  } catch {
    return null;
  }
}

function isServerFile(told: Partial<ServerFile>): told is ServerFile {
  const { url, pid, born = null, instance, started_at, version } = told;
  const areTexts = [url, instance, started_at, version].every((text) => typeof text === 'string');
  const isProcess = Number.isSafeInteger(pid) && Number(pid) > 0 && (born === null || typeof born === 'string');
  return areTexts && isProcess && instance !== '' && URL.canParse(url ?? '');
}

/** Removes the file if this instance wrote it. */
export function removeServerFile(file: string, instance: string): void {
  if (readServerFile(file)?.instance === instance) rmSync(file, { force: true });
}

/** Another user's file in a shared folder above could lead our token to a foreign server. */
function isOwn(file: string): boolean {
  const own = process.getuid?.();
  return own === undefined || own === 0 || statSync(file).uid === own;
}
