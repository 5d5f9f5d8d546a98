/**
 * A simulated worker process: the real worker (session, leases, heartbeats, intake, outbox delivery) over the simulated
 * network; only the run of a task is played: it takes its time and ends well or badly, as its spec says.
 */
import { assembleWorker } from '../../src/host/assemble-worker.ts';
import type { AttemptOutcome, AttemptPorts } from '../../src/host/attempt.ts';
import { createHttpClient } from '../../src/client/http-client.ts';
import { createLiveClient } from '../../src/client/live-client.ts';
import { pause } from '../../src/client/pause.ts';
import { Failure } from '../../src/contract/failure.ts';
import type { HeldTask } from '../../src/host/held-task.ts';
import { deliverAll } from '../../src/host/leftovers.ts';
import type { OutboxEntry, ResultOutbox } from '../../src/host/result-outbox.ts';
import { failedResult, NOTHING_RUN, resultError } from '../../src/host/task-result.ts';
import { createTwoWayClient } from '../../src/host/two-way-client.ts';
import { work } from '../../src/host/worker.ts';
import type { WorkerFact } from '../../src/host/worker-event.ts';
import type { Transport } from '../../src/client/transport.ts';
import type { SimProcess } from './sim-process.ts';
import { TOKENS } from './sim-server.ts';

/** Address of the only server there is. */
export const SERVER_URL = 'http://server';

/** What a played task does. */
export interface PlayedSpec {
  readonly run_ms: number;
  readonly fails: boolean;
}

/** A machine's disk, as far as a worker needs it: results that it has not delivered. Survives its processes. */
export class SimOutboxes {
  readonly #entries = new Map<string, OutboxEntry>();
  /** Results that the server will never take. */
  readonly refused: OutboxEntry[] = [];

  /** Results that wait. */
  get waiting(): number {
    return this.#entries.size;
  }

  /** The outbox as a process sees it: what it asks for takes a moment, and does not happen when it dies before. */
  of(process: SimProcess): ResultOutbox {
    const moment = (): Promise<void> => new Promise((resolve) => void process.after(1, resolve));
    const nameOf = (entry: OutboxEntry): string => `${entry.task_id}-${entry.lease}-${entry.command_id}`;
    return {
      put: async (entry) => {
        await moment();
        this.#entries.set(nameOf(entry), entry);
      },
      list: async () => {
        await moment();
        return { entries: [...this.#entries.values()], damaged: [] };
      },
      remove: async (entry) => {
        await moment();
        this.#entries.delete(nameOf(entry));
      },
      setAside: async (entry) => {
        await moment();
        this.#entries.delete(nameOf(entry));
        this.refused.push(entry);
        return nameOf(entry);
      },
    };
  }
}

/** What a worker is started with. */
export interface SimWorkerOptions {
  readonly process: SimProcess;
  readonly session_id: string;
  readonly capabilities: readonly string[];
  readonly slots: number;
  readonly transport: Transport;
  readonly outboxes: SimOutboxes;
  readonly tell: (fact: WorkerFact) => void;
  /** Told when the worker ends by itself. */
  readonly onEnd: () => void;
}

/** Starts a worker as `tutti worker` does. Returns how to end it gracefully. */
export function startSimWorker(options: SimWorkerOptions): () => void {
  const { process, session_id, capabilities, slots, transport, outboxes, tell, onEnd } = options;
  const { clock, random } = process;
  const outbox = outboxes.of(process);
  const access = { url: SERVER_URL, token: TOKENS.tokenOf('worker'), clock, random, transport };
  const parts = assembleWorker({
    registration: { session_id, capabilities: [...capabilities], max_concurrent_tasks: slots },
    slots,
    heartbeat_ms: null,
    on_stop: 'give_back',
    outbox,
    clock,
    random,
    tell,
    connect: (credential) =>
      createTwoWayClient(createHttpClient({ ...access, credential, retry: { attempts: 1 } }), createLiveClient({ ...access, credential })),
    attempt: { ...NO_MACHINE, identity: { url: SERVER_URL, swarm: 'default', session_id }, clock },
    makeAttempt: play,
  });
  const { fate, link } = parts;
  const live = async (): Promise<void> => {
    await deliverAll(
      { swarm: 'default', send: (entry, signal) => link.call('work.complete', entry, signal), tell, signal: fate.leaving },
      outbox,
    );
    await work(parts);
    parts.client.live.close();
    onEnd();
  };
  void live();
  return () => fate.leave('stopped', null);
}

/** A played task needs nothing of the machine; whoever asks for it all the same is told so. */
const NO_MACHINE: Omit<AttemptPorts, 'tell' | 'report' | 'use' | 'brief' | 'confirmLease' | 'identity' | 'clock'> = {
  runner: {
    name: 'played',
    run: () => {
      throw new Failure('internal', { reason: 'a played task runs nothing' });
    },
  },
  folders: { path: '', runs: '', logs: '', worktrees: '', scratch: '' },
  environment: {},
  timeout_ms: 3_600_000,
  guard: { add: () => undefined, remove: () => undefined, close: () => undefined },
};

const STEPS = 4;

async function play({ clock, report, tell }: AttemptPorts, held: HeldTask): Promise<AttemptOutcome> {
  const { run_ms, fails } = held.task.spec as unknown as PlayedSpec;
  held.enter('running');
  tell({ kind: 'started', ...held.label, folder: '', branch: null });
  for (let step = 1; step <= STEPS && held.withdrawal === null; step += 1) {
    held.heard_at = clock.now();
    await pause(clock, run_ms / STEPS, held.signal);
    if (step < STEPS) report(step / STEPS, '');
  }
  if (held.withdrawal !== null) return { result: NOTHING_RUN, workplace: null };
  held.enter('settling');
  const result = fails
    ? failedResult(NOTHING_RUN, resultError('internal', { reason: 'played' }))
    : { ...NOTHING_RUN, outcome: 'completed' as const, exit_code: 0 };
  return { result, workplace: null };
}
