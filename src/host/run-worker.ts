/**
 * The worker: one session that takes tasks, runs them and reports (B6), on a real disk and with real processes.
 */
import { hostname } from 'node:os';
import { createHttpClient } from '../client/http-client.ts';
import { createLiveClient } from '../client/live-client.ts';
import { clientClock, clientRandom } from '../client/system-ports.ts';
import type { Clock, Random } from '../contract/ports.ts';
import { assembleWorker } from './assemble-worker.ts';
import { attemptTask } from './attempt.ts';
import type { AgentServer } from '../runners/runner.ts';
import { clearLeftovers } from './leftovers.ts';
import { startOrphanGuard } from './orphan-guard.ts';
import { openOutbox } from './result-outbox.ts';
import { createTwoWayClient, type TwoWayClient } from './two-way-client.ts';
import { work, type WorkerParts } from './worker.ts';
import type { WorkerFact } from './worker-event.ts';
import { makeWorkerFolder } from './worker-folder.ts';
import { findHome, type WorkerHome } from './worker-home.ts';
import type { WorkerExit, WorkerOptions } from './worker-options.ts';
import type { Registration } from './worker-session.ts';

const LONGEST_RUN_MS = 3_600_000;
const DEFAULT_SWARM = 'default';
/** A goodbye that does not arrive leaves a session that is missed, and its tasks with it, until it has been silent for long enough. */
const GOODBYE_MS = 30_000;

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
    parts.client.live.close();
    parts.attempt.guard.close();
  }
}

async function makeParts(
  options: WorkerOptions,
  home: WorkerHome,
  around: Surroundings,
  tell: (fact: WorkerFact) => void,
): Promise<WorkerParts> {
  const { clock, random } = around;
  const { swarm = DEFAULT_SWARM, runner, environment, timeout_ms = LONGEST_RUN_MS, on_stop = 'give_back' } = options;
  const { session_id } = home;
  const folders = await makeWorkerFolder(home.claim.folder);
  const outbox = await openOutbox(home.claim.folder);
  const guard = startOrphanGuard();
  const identity = {
    // Where it is when a task begins: it may have moved.
    get url() {
      return options.url;
    },
    swarm,
    session_id,
  };
  const { agent, prices = {} } = options;
  const server = (credential: string | null): AgentServer => toolServer({ url: options.url, token: options.token, swarm, credential });
  return assembleWorker({
    registration: registrationOf(options, session_id, around.host),
    slots: options.slots ?? 1,
    heartbeat_ms: options.heartbeat_ms ?? null,
    on_stop,
    goodbye_ms: GOODBYE_MS,
    outbox,
    clock,
    random,
    tell,
    connect: (credential) => connect(options, around, credential),
    attempt: { runner, folders, guard, environment, identity, timeout_ms, clock },
    makeAttempt: attemptTask,
    prices,
    agent: agent === undefined ? null : { role: agent.role, server, servers: agent.servers ?? [] },
  });
}

function connect(
  { url, token, swarm, transport }: WorkerOptions,
  { clock, random }: Surroundings,
  credential: () => string | null,
): TwoWayClient {
  const chosen = { ...(swarm === undefined ? {} : { swarm }), ...(transport === undefined ? {} : { transport }) };
  const access = { url, token, ...chosen, credential, clock, random };
  return createTwoWayClient(createHttpClient({ ...access, retry: { attempts: 1 } }), createLiveClient(access));
}

/** Tutti's own tools, as this session; the agent gets them in a private file. */
function toolServer(access: { url: string; token: string | null; swarm: string; credential: string | null }): AgentServer {
  const { url, token, swarm, credential } = access;
  const place = swarm === DEFAULT_SWARM ? url : `${url}/s/${swarm}`;
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(credential === null ? {} : { 'tutti-session': credential }),
  };
  return { name: 'tutti', url: `${place}/mcp`, headers };
}

function registrationOf(options: WorkerOptions, session_id: string, host: string): Registration {
  return {
    session_id,
    capabilities: [...options.capabilities],
    specialties: [...(options.specialties ?? [])],
    max_concurrent_tasks: options.slots ?? 1,
    runner: options.runner.name,
    host,
    ...(options.account === undefined ? {} : { account: options.account }),
  };
}
