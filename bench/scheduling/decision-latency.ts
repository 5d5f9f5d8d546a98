/**
 * How long a decision takes on what the engine runs: a generated swarm is worked through, and every completion is timed with
 * what follows from it: its event is folded in with what is learned from it, the board follows, the policy decides, and what
 * it gives out is folded in with its reasons. What happens is the same in every run, so the least time of a decision over the
 * runs is what it takes when nothing else has the processor. A first run of up to a thousand completions is not timed: a server
 * that has given out a thousand tasks has compiled its code, which was a third to a half of the slowest hundredth.
 */
import type { EventOf, Fact } from '../../src/contract/event.ts';
import { seededRandom } from '../../src/scheduling/random.ts';
import { FoldedSwarm, HOUR } from './folded-swarm.ts';

/** Milliseconds. */
interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Milliseconds by the clock, of the run with the median p99; `decisions` is how many were timed. */
export interface Latency extends Quantiles {
  /** With the least time of each decision over the runs. */
  readonly undisturbed: Quantiles;
  readonly decisions: number;
  readonly load_ms: number;
}

const KINDS = 24;
/** Share of the kinds that a session can do beside its own. */
const VERSATILITY = 0.2;

/** Runs that are timed, and completions before them that are not. */
const RUNS = 3;
const WARM_UP = 1000;

/** Works through `tasks` tasks on `sessions` sessions of different skills and speeds, for at most so many completions. */
export function decisionLatency(tasks: number, sessions: number, most = tasks): Latency {
  timedRun(tasks, sessions, Math.min(most, WARM_UP));
  const runs = Array.from({ length: RUNS }, () => timedRun(tasks, sessions, most));
  const [first] = runs as [TimedRun];
  const least = first.times.map((_, decision) => Math.min(...runs.map(({ times }) => times[decision]!)));
  const each = runs.map(({ times, load_ms }) => ({ ...quantiles(times), load_ms })).toSorted((a, b) => a.p99 - b.p99);
  return { ...each[RUNS >> 1]!, undisturbed: quantiles(least), decisions: first.times.length };
}

interface TimedRun {
  readonly times: readonly number[];
  readonly load_ms: number;
}

function quantiles(times: readonly number[]): Quantiles {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function timedRun(tasks: number, sessions: number, most: number): TimedRun {
  const random = seededRandom(tasks + sessions);
  const swarm = new FoldedSwarm('optimal');
  const speeds = Array.from({ length: sessions }, () => 0.5 + random());
  swarm.record([...resourceAndSessions(sessions, random)], swarm.begin);
  swarm.record(
    Array.from({ length: tasks }, (_, index) => taskFact(index, random)),
    swarm.begin,
  );
  const seconds = Array.from({ length: tasks }, () => 60 + 1200 * random());
  const began = performance.now();
  swarm.dispatcher.board(swarm.state, swarm.begin);
  const loadMs = performance.now() - began;
  const ends: { at: number; id: string }[] = [];
  const times: number[] = [];
  const free = new Set(speeds.map((_, index) => `s${index}`));
  const demand = { sessions: () => free, has: (id: string) => free.has(id) };
  let now = swarm.begin;
  let finished: readonly Fact[] = [];
  while (times.length <= most) {
    const given: { id: string; session: string }[] = [];
    const start = performance.now();
    swarm.record(finished, now);
    swarm.dispatcher.run(swarm.state, demand, now, (fact) => {
      swarm.record([fact], now);
      if (fact.type === 'task_assigned') given.push({ id: fact.data.task_id, session: fact.data.session_id });
    });
    times.push(performance.now() - start);
    for (const { id, session } of given) {
      free.delete(session);
      const ms = (1000 * (seconds[Number(id.slice(1))] ?? 0)) / (speeds[Number(session.slice(1))] ?? 1);
      push(ends, { at: now + ms * (0.5 + random()), id });
    }
    const again = swarm.dispatcher.nextTime(swarm.state, demand, now);
    if ((ends[0]?.at ?? Number.POSITIVE_INFINITY) > again && again > now) {
      now = again;
      finished = [];
      continue;
    }
    const next = pop(ends);
    if (next === undefined) break;
    now = next.at;
    finished = swarm.completed(next.id, now);
    free.add(swarm.state.tasks.get(next.id)?.lease?.session_id ?? '');
  }
  return { times, load_ms: loadMs };
}

function* resourceAndSessions(sessions: number, random: () => number): Generator<Fact> {
  yield { type: 'resource_set', data: { resource: 'gpu', capacity: Math.ceil(sessions / 10), ports: null, description: '' } };
  for (let index = 0; index < sessions; index++) {
    const able = Array.from({ length: KINDS }, (_, kind) => kind).filter((kind) => kind === index % KINDS || random() < VERSATILITY);
    const capabilities = able.map((kind) => `can-${kind}`);
    const session = { session_id: `s${index}`, capabilities, specialties: [], max_concurrent_tasks: 1 };
    yield { type: 'session_registered', data: { ...session, role: null, runner: null, host: null } };
  }
}

/** Half of the tasks depend on one or two of the two hundred before them; one kind in eight asks for a resource. */
function taskFact(index: number, random: () => number): Fact {
  const count = random() < 0.5 || index === 0 ? 0 : 1 + Math.floor(2 * random());
  const after = [...new Set(Array.from({ length: count }, () => Math.floor(Math.max(0, index - 1 - 200 * random()))))];
  const kind = Math.floor(random() * KINDS);
  const data: EventOf<'task_added'>['data'] = {
    task_id: `t${index}`,
    prev: 0,
    type: `kind-${kind}`,
    title: '',
    spec: '',
    priority: 1 + Math.floor(10 * random()),
    explicit_priority: true,
    required_capability: `can-${kind}`,
    estimated_hours: (1000 * (60 + 1200 * random())) / HOUR,
    ...(kind % 8 === 0 ? { resources: { gpu: 1 } } : {}),
    ...(after.length === 0 ? {} : { dependencies: after.map((before) => `t${before}`), waiting_for: after.length }),
  };
  return { type: 'task_added', data };
}

function push(heap: { at: number; id: string }[], item: { at: number; id: string }): void {
  let at = heap.push(item) - 1;
  while (at > 0 && heap[(at - 1) >> 1]!.at > item.at) {
    heap[at] = heap[(at - 1) >> 1]!;
    at = (at - 1) >> 1;
  }
  heap[at] = item;
}

function pop(heap: { at: number; id: string }[]): { at: number; id: string } | undefined {
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
