/**
 * The checks of tutti doctor around the server: does one answer, is it ready, is its log whole, do the clocks agree.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findDataFolder } from '../../config/data-folder.ts';
import { findLocalServer, findServer, type FoundServer } from '../../config/find-server.ts';
import { journalPlace } from '../../config/journal-place.ts';
import { Failure } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import { counted } from '../output/words.ts';
import { type DoctorCheck, fine } from './doctor-check.ts';

const ANSWER_WITHIN_MS = 10_000;
const CLOCKS_APART_S = 5;

/** A server answers and takes commands. */
export const checkServer: DoctorCheck = async (context) => {
  const server = await serverOf(context);
  if (server instanceof Failure) {
    if (server.code === 'server_not_found') return { status: 'warning', detail: 'none runs for this folder', fix: 'tutti up' };
    return { status: 'problem', detail: server.message, fix: server.hint };
  }
  const response = await ask(server.url, '/readyz').catch(() => null);
  if (response === null) return { status: 'problem', detail: `nothing answers at ${server.url}`, fix: 'tutti up, or correct --server' };
  if (response.ok) return fine(`${server.url} is ready`);
  const problem: unknown = await response.json().catch(() => null);
  const detail =
    typeof problem === 'object' && problem !== null && 'detail' in problem ? String(problem.detail) : `HTTP ${response.status}`;
  return { status: 'problem', detail: `${server.url} is not ready: ${detail}`, fix: 'tutti logs' };
};

/** The log is whole. Only a server that is down lets go of it. */
export const checkJournal: DoctorCheck = async (context) => {
  const { from, env, globals, launch } = context;
  const data = findDataFolder({ from, env, flag: globals.data });
  if (data === null) return { status: 'skipped', detail: 'there is no log yet', fix: null };
  const running = await findLocalServer({ from, env, data }).catch(() => null);
  if (running !== null) return { status: 'skipped', detail: 'the running server has it; it checks each part as it reads it', fix: null };
  const place = journalPlace(await context.configure(), { data, from });
  let events = 0;
  for (const swarm of place.swarms) {
    const folder = place.folderOf(swarm);
    if (folder === null || !existsSync(join(folder, 'journal.db'))) continue;
    const { verifyLog } = await launch.logs();
    const { events: found, damage } = await verifyLog({ folder, swarm });
    if (damage !== null) {
      const { first_seq, last_seq, reason } = damage;
      const detail = `swarm ${swarm}: events ${first_seq} to ${last_seq}: ${reason}`;
      return { status: 'problem', detail, fix: `tutti event verify --swarm ${swarm} says what can be kept, and how` };
    }
    events += found;
  }
  return fine(`${counted(events, 'event')}, the chain holds`);
};

/** This machine and the server agree on the time. */
export const checkClock: DoctorCheck = async (context) => {
  const { now } = context;
  const server = await serverOf(context);
  const asked = now();
  const response = server instanceof Failure ? null : await ask(server.url, '/livez').catch(() => null);
  const date = response?.headers.get('date') ?? null;
  if (date === null) return { status: 'skipped', detail: 'no server to compare with', fix: null };
  // It was written at some time between question and answer, and leaves out the parts of its second.
  const said = Date.parse(date);
  const apart = Math.max(0, asked - said - 1000, said - now()) / 1000;
  if (apart <= CLOCKS_APART_S) return fine('agrees with the server');
  return { status: 'warning', detail: `${Math.round(apart)} s apart from the server`, fix: 'let both machines take their time from NTP' };
};

function ask(url: string, path: string): Promise<Response> {
  return fetch(new URL(path, url), { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), redirect: 'error' });
}

async function serverOf({ from, env, globals }: CliContext): Promise<FoundServer | Failure> {
  try {
    return await findServer({ from, env, flag: globals.server, data: globals.data });
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
