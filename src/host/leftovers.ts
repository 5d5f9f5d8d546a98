/**
 * What workers that were killed left behind in the shared data folder: processes that go on, folders with work, results
 * that nobody sent. Invariant: only the folders of dead workers are touched; every result is delivered, or kept and named.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Failure } from '../contract/failure.ts';
import { deliver, type DeliveryPorts } from './delivery.ts';
import { claimFolder, type FolderClaim } from './folder-claim.ts';
import { openOutbox, type ResultOutbox } from './result-outbox.ts';
import { clearRun, forgetRun, readRuns } from './run-record.ts';
import type { WorkerFact } from './worker-event.ts';

/** What clearing up works with. */
export interface LeftoverPorts {
  readonly data_folder: string;
  /** The worker's own folder, which it has claimed; its predecessor's leftovers are there. */
  readonly own: FolderClaim;
  readonly swarm: string;
  /** Sends a result under the lease that it names, without a credential. */
  readonly send: DeliveryPorts['send'];
  readonly tell: (fact: WorkerFact) => void;
  readonly signal: AbortSignal;
}

/** Clears up after dead workers, the worker's own predecessor first. Returns when the server has answered on every result. */
export async function clearLeftovers(ports: LeftoverPorts): Promise<void> {
  await clearFolder(ports, ports.own.folder);
  const names = await readdir(ports.data_folder).catch(() => []);
  for (const name of names.filter((each) => each !== basename(ports.own.folder))) {
    const folder = join(ports.data_folder, name);
    if (!(await isWorkerFolder(folder))) continue;
    const claim = await claimFolder(folder);
    if (typeof claim === 'string') continue;
    try {
      await clearFolder(ports, claim.folder);
    } finally {
      await claim.release();
    }
  }
}

async function clearFolder(ports: LeftoverPorts, folder: string): Promise<void> {
  const runs = join(folder, 'runs');
  for (const record of await readRuns(runs)) {
    const { task_id, lease } = record;
    const kept = await clearRun(record);
    if (kept.ref !== null || kept.folder !== null) ports.tell({ kind: 'kept', task_id, lease, ...kept });
    await forgetRun(runs, record);
  }
  await deliverAll(ports, await openOutbox(folder));
}

/** Delivers what an outbox holds for the swarm. Returns when the server has answered on every result. */
export async function deliverAll(
  { swarm, send, tell, signal }: Pick<LeftoverPorts, 'swarm' | 'send' | 'tell' | 'signal'>,
  outbox: ResultOutbox,
): Promise<void> {
  const { entries, damaged } = await outbox.list();
  for (const file of damaged) {
    const failure = new Failure('evidence_unwritable', { task_id: 'unknown', reason: 'the file is damaged', path: file });
    tell({ kind: 'warning', code: failure.code, message: failure.message });
  }
  for (const entry of entries.filter((each) => each.swarm === swarm)) {
    const { session_id, task_id, lease, status, result } = entry;
    tell({ kind: 'leftover', task_id, lease, session_id });
    const delivered = await deliver({ send, outbox, tell }, entry, signal);
    if (delivered.kind === 'acknowledged') tell({ kind: status, task_id, lease, result });
    else if (delivered.kind === 'waiting') tell({ kind: 'undelivered', task_id, lease });
    else tell({ kind: 'undeliverable', task_id, lease, code: delivered.code, file: delivered.file });
  }
}

async function isWorkerFolder(folder: string): Promise<boolean> {
  return (await stat(join(folder, 'runs')).catch(() => null))?.isDirectory() === true;
}
