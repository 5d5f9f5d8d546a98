/**
 * The worker: one session that takes tasks, runs them and reports (B6). Composes the parts; `worker.ts` is its life.
 */
import { hostname } from 'node:os';
import { createHttpClient } from '../client/http-client.ts';
import { clientClock, clientRandom } from '../client/system-ports.ts';
import type { Clock, Random } from '../contract/ports.ts';
import { clearLeftovers } from './leftovers.ts';
import { LeaseTable } from './lease-table.ts';
import { openOutbox } from './outbox.ts';
import { createServerLink } from './server-link.ts';
import { loseLeases, takeAssignment, work, type WorkerParts } from './worker.ts';
import type { WorkerFact } from './worker-event.ts';
import { WorkerFate } from './worker-fate.ts';
import { makeWorkerFolder } from './worker-folder.ts';
import { findHome, type WorkerHome } from './worker-home.ts';
import type { WorkerExit, WorkerOptions } from './worker-options.ts';
import { WorkerSession } from './worker-session.ts';

const LONGEST_HEARTBEAT_MS = 60_000;
const LONGEST_RUN_MS = 3_600_000;
const DEFAULT_SWARM = 'default';

/**
 * Runs a worker until its signal aborts, another process takes its session id, or the server refuses it for good.
 * Throws `invalid_input` for a bad session id, and `worker_running` when another worker lives in its folder.
 */
export async function runWorker(options: WorkerOptions): Promise<WorkerExit> {
  const { clock = clientClock, random = clientRandom, signal } = options;
  const host = options.host ?? hostname();
  const request = { data_folder: options.data_folder, session_id: options.session_id ?? null, host, clock, random, signal };
  const home = await findHome(request);
  try {
    return await liveIn(options, home, { clock, random, host });
  } finally {
    await home.claim.release();
  }
}

interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly host: string;
}

async function liveIn(options: WorkerOptions, home: WorkerHome, around: Surroundings): Promise<WorkerExit> {
  const { signal, data_folder, swarm = DEFAULT_SWARM } = options;
  const { session_id } = home;
  const counts = { completed: 0, failed: 0 };
  const tell = (fact: WorkerFact): void => {
    if (fact.kind === 'completed' || fact.kind === 'failed') counts[fact.kind] += 1;
    options.onEvent?.({ ...fact, time: around.clock.now() });
  };
  const parts = await makeParts(options, home, around, tell);
  const { fate, link, outbox } = parts;
  const stop = (): void => fate.leave('stopped', null);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    const send = (completion: Parameters<typeof link.call<'work.complete'>>[1], until: AbortSignal) =>
      link.call('work.complete', completion, until);
    await clearLeftovers({ data_folder, own: home.claim, swarm, send, tell, signal: fate.leaving });
    const released = await work(parts);
    const waiting = await outbox.list().catch(() => ({ entries: [] }));
    return { end: fate.end, session_id, ...counts, released, undelivered: waiting.entries.length, failure: fate.failure };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function makeParts(
  options: WorkerOptions,
  home: WorkerHome,
  { clock, random, host }: Surroundings,
  tell: (fact: WorkerFact) => void,
): Promise<WorkerParts> {
  const { url, token, swarm, runner, transport } = options;
  const { session_id } = home;
  const fate = new WorkerFate();
  const table = new LeaseTable(options.slots ?? 1);
  const client = createHttpClient({
    url,
    token,
    ...(swarm === undefined ? {} : { swarm }),
    ...(transport === undefined ? {} : { transport }),
    credential: () => session.credential,
    retry: { attempts: 1 },
    clock,
    random,
  });
  const link = createServerLink({ client, clock, random, tell });
  const registration = {
    session_id,
    capabilities: [...options.capabilities],
    specialties: [...(options.specialties ?? [])],
    max_concurrent_tasks: table.slots,
    runner: runner.name,
    host,
  };
  const heartbeatMs = (interval: number): number => Math.min(LONGEST_HEARTBEAT_MS, options.heartbeat_ms ?? (interval * 1000) / 3);
  const session: WorkerSession = new WorkerSession(registration, {
    link,
    fate,
    tell,
    heartbeatMs,
    onAssignment: (assignment) => takeAssignment(parts, assignment),
    onLeasesLost: (reason) => loseLeases(parts, reason),
  });
  const folders = await makeWorkerFolder(home.claim.folder);
  const identity = { url: client.url, swarm: swarm ?? DEFAULT_SWARM, session_id };
  const timeout_ms = options.timeout_ms ?? LONGEST_RUN_MS;
  const attempt = { runner, folders, environment: options.environment, identity, timeout_ms, clock };
  const outbox = await openOutbox(home.claim.folder);
  const parts: WorkerParts = { session, table, fate, outbox, random, tell, attempt, link, on_stop: options.on_stop ?? 'give_back' };
  return parts;
}
