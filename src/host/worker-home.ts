/**
 * Finds the session id and the folder of a worker. Invariant: the folder is claimed when it is returned.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../contract/failure.ts';
import { sessionId } from '../contract/ids.ts';
import type { Clock, Random } from '../contract/ports.ts';
import { claimFolder, type FolderClaim } from './folder-claim.ts';
import { pause } from '../client/pause.ts';

/** Two workers that claim one folder at the same moment both step back; this often they try again. */
const CLAIM_TRIES = 5;
const MOST_WORKERS = 1000;

/** Who wants a home. */
export interface HomeRequest {
  readonly data_folder: string;
  /** null: the first free `{host}-{n}`. */
  readonly session_id: string | null;
  readonly host: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** Where a worker lives. */
export interface WorkerHome {
  readonly session_id: string;
  readonly claim: FolderClaim;
}

/** Finds and claims. Throws `invalid_input` for a bad session id, `worker_running` when another worker has it. */
export async function findHome(request: HomeRequest): Promise<WorkerHome> {
  const { data_folder, session_id } = request;
  await mkdir(data_folder, { recursive: true, mode: 0o700 });
  if (session_id !== null) {
    const valid = sessionId.safeParse(session_id);
    if (!valid.success) throw new Failure('invalid_input', { issues: `session_id: ${valid.error.issues[0]?.message ?? 'is wrong'}` });
    const claim = await claimPatiently(request, session_id);
    if (claim === null) throw new Failure('worker_running', { session_id, folder: join(data_folder, session_id) });
    return { session_id, claim };
  }
  const name = request.host.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'worker';
  for (let number = 1; number <= MOST_WORKERS; number += 1) {
    const candidate = `${name.slice(0, 100)}-${number}`;
    const claim = await claimPatiently(request, candidate);
    if (claim !== null) return { session_id: candidate, claim };
  }
  throw new Failure('worker_running', { session_id: `${name}-${MOST_WORKERS}`, folder: data_folder });
}

async function claimPatiently({ data_folder, clock, random, signal }: HomeRequest, name: string): Promise<FolderClaim | null> {
  for (let tried = 1; ; tried += 1) {
    const claim = await claimFolder(join(data_folder, name));
    if (typeof claim !== 'string') return claim;
    if (claim === 'held' || tried === CLAIM_TRIES) return null;
    await pause(clock, 5 + random.next() * 20 * tried, signal);
  }
}
