/**
 * Owns how everybody finds the server and the token for it: a flag, TUTTI_SERVER, the configuration, or the nearest
 * `server.json` upwards. Invariants: a stale `server.json` never leads anywhere; a token from a file only goes to this
 * machine; whoever knows already what is configured loads neither the configuration nor its schema.
 */
import { existsSync, readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure, reasonOf } from '../contract/failure.ts';
import { parsedObject } from '../contract/loose-json.ts';
import { ancestors, DATA_FOLDER, dataFiles, findDataFolder } from './data-folder.ts';
import type { Environment } from './environment.ts';
import { httpRequest } from './http-request.ts';
import { type NamedServer, type ServerChoice, serverChoice } from './server-choice.ts';
import { readServerFile, type ServerFile } from './server-file.ts';

/** Where a server is looked for. */
export interface ServerSearch {
  /** The current folder. */
  readonly from: string;
  readonly env: Environment;
  /** The address that --server gave. */
  readonly flag?: string | undefined;
  /** The data folder that --data gave. */
  readonly data?: string | undefined;
}

/** A server that was found. */
export interface FoundServer {
  /** Its address without a path. */
  readonly url: string;
  /** The token to send, or null when none is known. */
  readonly token: string | null;
  /** The data folder that named it, or null when a flag, a variable or a configuration file did. */
  readonly folder: string | null;
  /** What its `server.json` says, when that named it. */
  readonly file: ServerFile | null;
}

const ANSWER_WITHIN_MS = 5000;

/**
 * Finds the server. Throws Failure `server_not_found` when there is none or the one that was there is gone, and
 * `server_unreachable` when its process lives but does not answer.
 */
export async function findServer(search: ServerSearch): Promise<FoundServer> {
  const { loadConfiguration } = await import('./load-configuration.ts');
  return findChosenServer(search, serverChoice(loadConfiguration({ ...search, flags: { server: search.flag } })));
}

/** Finds the server when it is known which one is configured. Throws as `findServer`. */
export async function findChosenServer(search: ServerSearch, { server: named }: ServerChoice): Promise<FoundServer> {
  if (named === null) return findLocalServer(search);
  return { url: named.url.replace(/\/+$/, ''), token: findToken(search, named), folder: null, file: null };
}

/** Finds the server whose `server.json` is nearest, whatever flag, environment and files name. Throws as `findServer`. */
export async function findLocalServer(search: ServerSearch): Promise<FoundServer & { readonly folder: string; readonly file: ServerFile }> {
  const { folder, file } = recordedServer(search);
  await checkAlive(file, search.data ?? search.from);
  return { url: file.url, token: givenToken(search.env) ?? readToken(dataFiles(folder).token), folder, file };
}

/** What the nearest `server.json` says, whether or not that server still runs. Throws Failure `server_not_found`. */
export function recordedServer(search: ServerSearch): { readonly folder: string; readonly file: ServerFile } {
  const path = nearestServerFile(search);
  const file = path === null ? null : readServerFile(path);
  if (path === null || file === null || !isHere(file.url)) throw new Failure('server_not_found', { folder: search.data ?? search.from });
  return { folder: dirname(path), file };
}

/** What the server at this address says of itself at /livez: its instance, or null when it says none. Throws when nothing answers. */
async function askInstance(url: string): Promise<string | null> {
  const { body } = await httpRequest({
    method: 'GET',
    url: new URL('/livez', url).href,
    headers: {},
    body: null,
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const { instance = null } = parsedObject(body) ?? {};
  return typeof instance === 'string' ? instance : null;
}

/** True while a process with this id exists. */
export function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function checkAlive(file: ServerFile, from: string): Promise<void> {
  let instance: string | null;
  try {
    instance = await askInstance(file.url);
  } catch (error) {
    if (!processLives(file.pid)) throw new Failure('server_not_found', { folder: from }, error);
    throw new Failure('server_unreachable', { url: file.url, reason: networkReason(error) }, error);
  }
  if (instance !== file.instance) throw new Failure('server_not_found', { folder: from });
}

function nearestServerFile({ from, env, data }: ServerSearch): string | null {
  const named = data ?? env['TUTTI_DATA'];
  const folder = named === undefined || named === '' ? null : findDataFolder({ from, env, flag: data });
  const folders = folder === null ? ancestors(from).map((each) => join(each, DATA_FOLDER)) : [folder];
  return folders.map((each) => dataFiles(each).server).find((path) => readServerFile(path) !== null) ?? null;
}

/**
 * A token from a file is a secret of this machine: it goes to a named server only when that is here. A token of the user
 * goes nowhere else either when a file that came with the project, perhaps from a stranger, names the server.
 */
function findToken({ from, env, data }: ServerSearch, { url, from_project }: NamedServer): string | null {
  const here = isLoopback(new URL(url).hostname);
  const given = givenToken(env);
  if (given !== null) return here || !from_project ? given : null;
  const folder = here ? findDataFolder({ from, env, flag: data }) : null;
  return folder === null ? null : readToken(dataFiles(folder).token);
}

/** A `server.json` names a process of this machine; one that came with a cloned project could name a stranger's. */
function isHere(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isLoopback(host) || host === hostname()) return true;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host) === true);
}

/** True for the names and addresses that only this machine has. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

function givenToken(env: Environment): string | null {
  const token = env['TUTTI_TOKEN']?.trim();
  return token === undefined || token === '' ? null : token;
}

function readToken(file: string): string | null {
  if (!existsSync(file)) return null;
  const token = readFileSync(file, 'utf8').trim();
  return token === '' ? null : token;
}

function networkReason(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${ANSWER_WITHIN_MS / 1000} s`;
  return reasonOf(error);
}
