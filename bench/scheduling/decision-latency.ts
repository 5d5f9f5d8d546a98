/**
 * How long a decision takes on what the engine runs: a generated swarm is worked through to its end, and every completion is
 * timed with what follows from it: its event is folded in, the board follows, the policy decides, and what it gives out is
 * folded in with its reasons.
 */
import type { Fact } from '../../src/contract/event.ts';
import type { PlanInput, PlanTask } from '../../src/scheduling/plan-problem.ts';
import { seededRandom } from '../../src/scheduling/random.ts';
import { SwarmInstance } from './swarm-instance.ts';

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
  const { input, priorities } = generated(tasks, sessions, random);
  const began = performance.now();
  const swarm = new SwarmInstance(input, 'optimal', priorities);
  swarm.dispatcher.board(swarm.state, swarm.begin);
  const loadMs = performance.now() - began;
  const ends: { at: number; id: string }[] = [];
  const times: number[] = [];
  const free = new Set(swarm.sessions);
  const demand = { sessions: () => free, has: (id: string) => free.has(id) };
  let now = swarm.begin;
  let finished: readonly Fact[] = [];
  for (;;) {
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
      push(ends, { at: now + swarm.duration(Number(id.slice(1)), session) * (0.5 + random()), id });
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
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
  return { p50: at(0.5), p99: at(0.99), max: at(1), decisions: times.length, load_ms: loadMs };
}

function generated(tasks: number, sessions: number, random: () => number): { input: PlanInput; priorities: number[] } {
  const able = Array.from({ length: sessions }, (_, session) =>
    Array.from({ length: KINDS }, (__, kind) => kind === session % KINDS || random() < 0.2),
  );
  const options = Array.from({ length: KINDS }, (_, kind) =>
    able.flatMap((kinds, session) => (kinds[kind] === true ? [{ session, factor: 0.5 + random() }] : [])),
  );
  const priorities: number[] = [];
  const made = Array.from({ length: tasks }, (_, index): PlanTask => {
    const count = random() < 0.5 || index === 0 ? 0 : 1 + Math.floor(2 * random());
    const after = [...new Set(Array.from({ length: count }, () => Math.floor(Math.max(0, index - 1 - 200 * random()))))];
    const kind = Math.floor(random() * KINDS);
    priorities.push(1 + Math.floor(10 * random()));
    const demands = kind % 8 === 0 ? [{ resource: 0, amount: 1 }] : [];
    const seconds = 60 + 1200 * random();
    return { options: (options[kind] ?? []).map(({ session, factor }) => ({ session, duration: seconds * factor })), after, demands };
  });
  const slots = Array.from({ length: sessions }, () => ({ slots: 1 }));
  return { input: { tasks: made, sessions: slots, capacities: [Math.ceil(sessions / 10)] }, priorities };
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
