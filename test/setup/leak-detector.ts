/**
 * Finds what a test file left open: handles that keep the process alive, worker threads, and child processes.
 * Invariant: only what is new since the baseline counts, so that the test runner's own handles never do.
 * With LEAK_TRACE=1 each handle's place of creation is recorded (slower); LEAK_GRACE_MS is how long closing may take.
 */
import { createHook } from 'node:async_hooks';
import { Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { processesOf, type LivingProcess } from './process-tree.ts';

/** What was open before the first test of a file ran. */
export interface Baseline {
  readonly mark: string;
  readonly resources: ReadonlyMap<string, number>;
  readonly handles: WeakSet<object>;
  readonly processes: ReadonlySet<string>;
  /** Worker threads that run now; it follows them as they come and go. */
  readonly workers: ReadonlySet<Worker>;
}

/** What ends late on a busy machine still ends. */
const GRACE_MS = Number(process.env['LEAK_GRACE_MS'] ?? 20_000);
const STEP_MS = 25;
const MARK_NAME = 'TUTTI_TEST_FILE';
/** Async id → type and stack of what is still open, with LEAK_TRACE=1. */
const places = new Map<number, { readonly type: string; readonly stack: string }>();

/** Remembers what is open now, and marks the environment that children inherit. */
export function takeBaseline(): Baseline {
  process.env[MARK_NAME] = `${process.pid}-${process.hrtime.bigint()}`;
  const mark = `${MARK_NAME}=${process.env[MARK_NAME]}`;
  if (process.env['LEAK_TRACE'] === '1') recorder.enable();
  // A library that imports node:process as a whole opens all three.
  void process.stdin;
  void process.stdout;
  void process.stderr;
  return {
    mark,
    resources: count(process.getActiveResourcesInfo()),
    handles: new WeakSet(activeHandles()),
    processes: new Set(processesOf(process.pid, mark).map(identity)),
    workers: followWorkers(),
  };
}

/** What is still open after a short grace for closing; one line each. Child processes found are ended. */
export async function findLeaks(baseline: Baseline): Promise<string[]> {
  for (let waited = 0; waited < GRACE_MS; waited += STEP_MS) {
    if (addedResources(baseline).length === 0 && baseline.workers.size === 0 && addedProcesses(baseline).length === 0) return [];
    await sleep(STEP_MS);
  }
  const processes = addedProcesses(baseline);
  for (const each of processes) endProcess(each.pid);
  const handles = activeHandles().filter((handle) => !baseline.handles.has(handle));
  return [
    ...addedResources(baseline).map(describeResource),
    ...handles.map(describeHandle).filter((line) => line !== null),
    ...[...baseline.workers].map((worker) => `worker thread ${worker.threadId}`),
    ...processes.map((each) => `child process ${each.pid}: ${each.command}`),
  ];
}

function followWorkers(): Set<Worker> {
  const workers = new Set<Worker>();
  process.on('worker', (worker) => {
    workers.add(worker);
    worker.once('exit', () => workers.delete(worker));
  });
  return workers;
}

function addedResources(baseline: Baseline): string[] {
  return [...count(process.getActiveResourcesInfo())].flatMap(([name, amount]) => {
    const extra = amount - (baseline.resources.get(name) ?? 0);
    return extra > 0 ? [`${extra} × ${name}`] : [];
  });
}

function addedProcesses(baseline: Baseline): LivingProcess[] {
  return processesOf(process.pid, baseline.mark).filter((each) => !baseline.processes.has(identity(each)));
}

function count(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function identity(each: LivingProcess): string {
  return `${each.pid}@${each.started}`;
}

/** Open handles with their details. Node gives them only through an undocumented function; without it details are missing. */
function activeHandles(): object[] {
  const { _getActiveHandles: list } = process as unknown as { _getActiveHandles?: () => object[] };
  return list?.call(process) ?? [];
}

/** null for what the list of processes names already, and for pipes, which belong to a process. */
function describeHandle(handle: object): string | null {
  if (handle instanceof Server) return `server on ${JSON.stringify(handle.address())}`;
  if (!(handle instanceof Socket) || handle.remotePort === undefined) return null;
  return `socket ${handle.localAddress}:${handle.localPort} to ${handle.remoteAddress}:${handle.remotePort}`;
}

function describeResource(line: string): string {
  const type = line.slice(line.indexOf('×') + 2).toLowerCase();
  const made = [...places.values()].filter((place) => place.type.toLowerCase() === type);
  return [line, ...made.map((place) => place.stack)].join('\n');
}

const recorder = createHook({
  init(id, type) {
    if (type === 'PROMISE' || type === 'TickObject') return;
    const frames = new Error(type).stack?.split('\n').slice(1) ?? [];
    const own = frames.filter((each) => !each.includes('node:') && !each.includes('node_modules') && !each.includes(import.meta.filename));
    places.set(id, { type, stack: own.join('\n') });
  },
  destroy(id) {
    places.delete(id);
  },
});

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
