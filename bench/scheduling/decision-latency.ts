/**
 * How long a decision takes: a generated board is run to its end, and every decision (with the update
 * that caused it) is timed.
 */
import { DispatchBoard } from '../../src/scheduling/dispatch-board.ts';
import { optimalPolicy } from '../../src/scheduling/optimal-policy.ts';
import { seededRandom } from '../../src/scheduling/random.ts';

/** Milliseconds; `decisions` is how many were timed. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly decisions: number;
  readonly load_ms: number;
}

const KINDS = 24;

/** Runs `tasks` tasks on `sessions` sessions of different skills and speeds. */
export function decisionLatency(tasks: number, sessions: number): Latency {
  const random = seededRandom(tasks + sessions);
  const began = performance.now();
  const board = makeBoard(tasks, sessions, random);
  const loadMs = performance.now() - began;
  const ends: { at: number; task: number }[] = [];
  const times: number[] = [];
  let now = 0;
  let finished = -1;
  for (;;) {
    const start = performance.now();
    if (finished >= 0) board.finishTask(finished, now);
    const assignments = optimalPolicy(board, now);
    times.push(performance.now() - start);
    for (const { task, session } of assignments) {
      board.startTask(task, session, now);
      push(ends, { at: now + board.expectedDuration(task, session) * (0.5 + random()), task });
    }
    const next = pop(ends);
    if (next === undefined) break;
    now = next.at;
    finished = next.task;
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
  return { p50: at(0.5), p99: at(0.99), max: at(1), decisions: times.length, load_ms: loadMs };
}

function makeBoard(tasks: number, sessions: number, random: () => number): DispatchBoard {
  const board = new DispatchBoard({ maxAge: 86_400, capacities: [Math.ceil(sessions / 10)] });
  for (let k = 0; k < sessions; k++) {
    const capabilities = Array.from({ length: KINDS }, (_, kind) => `kind-${kind}`).filter(
      (_, kind) => kind === k % KINDS || random() < 0.2,
    );
    board.joinSession({ slots: 1, capabilities });
  }
  const classes = Array.from({ length: KINDS }, (_, kind) =>
    board.classOf({
      requires: [`kind-${kind}`],
      kind: `kind-${kind}`,
      ...(kind % 8 === 0 ? { demands: [{ resource: 0, amount: 1 }] } : {}),
    }),
  );
  for (const taskClass of classes) {
    for (let session = 0; session < sessions; session++)
      board.sessions.setEstimate(taskClass, session, { factor: 0.5 + random(), success: 0.8 + 0.2 * random() });
  }
  const added: number[] = [];
  for (let k = 0; k < tasks; k++) {
    const after =
      random() < 0.5
        ? []
        : Array.from({ length: 1 + Math.floor(2 * random()) }, () => added[Math.floor(Math.max(0, k - 1 - 200 * random()))]!);
    const taskClass = classes[Math.floor(random() * KINDS)]!;
    added.push(
      board.addTask({ taskClass, priority: 1 + Math.floor(10 * random()), duration: 60 + 1200 * random(), after: k === 0 ? [] : after }, 0),
    );
  }
  return board;
}

function push(heap: { at: number; task: number }[], item: { at: number; task: number }): void {
  let at = heap.push(item) - 1;
  while (at > 0 && heap[(at - 1) >> 1]!.at > item.at) {
    heap[at] = heap[(at - 1) >> 1]!;
    at = (at - 1) >> 1;
  }
  heap[at] = item;
}

function pop(heap: { at: number; task: number }[]): { at: number; task: number } | undefined {
  const first = heap[0];
  const moved = heap.pop();
  if (moved === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++;
    if (heap[child]!.at >= moved.at) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = moved;
  return first;
}
