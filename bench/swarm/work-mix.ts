/**
 * The work that both sides do: task types, durations, dependencies, failures and session speeds, the same for the same seed.
 * Invariant: how long an attempt takes and whether it fails depends on the task and the attempt alone, never on who asks.
 */

/** A task; times in seconds of work at speed 1. */
export interface MixedTask {
  readonly id: string;
  readonly type: string;
  readonly capability: string;
  readonly priority: number;
  readonly seconds: number;
  /** What its author thought it would take. */
  readonly estimate_seconds: number;
  readonly dependencies: readonly number[];
  /** Attempts that fail before one completes. */
  readonly failures: number;
}

/** A session. */
export interface MixedSession {
  readonly id: string;
  readonly capabilities: readonly string[];
  readonly speed: number;
}

/** The whole of it. */
export interface WorkMix {
  readonly tasks: readonly MixedTask[];
  readonly sessions: readonly MixedSession[];
}

/** Share of the tasks, mean minutes, and share of the sessions that can do them. */
const TYPES = [
  { type: 'build', share: 0.5, minutes: 20, able: 0.8 },
  { type: 'spec', share: 0.15, minutes: 12, able: 0.5 },
  { type: 'research', share: 0.2, minutes: 25, able: 0.5 },
  { type: 'review', share: 0.15, minutes: 8, able: 0.7 },
] as const;

const SPREAD = 0.6;
const ESTIMATE_SPREAD = 0.4;
const FAILING = 0.05;
const DEPENDING = 0.4;
/** Tasks back that one may depend on: keeps the critical path short beside the work, as in a project of many parts. */
const REACH = 0.25;

/** Makes it. */
export function workMix(sessions: number, tasksPerSession: number, seed: number): WorkMix {
  const random = randomFrom(seed);
  const count = sessions * tasksPerSession;
  const tasks = Array.from({ length: count }, (_, index): MixedTask => {
    const { type, minutes } = typeAt(random());
    const seconds = minutes * 60 * Math.exp(SPREAD * normal(random) - (SPREAD * SPREAD) / 2);
    const reach = Math.min(index, Math.ceil(count * REACH));
    const wanted = random() < DEPENDING && index >= sessions ? 1 + Math.floor(random() * 2) : 0;
    const dependencies = [...new Set(Array.from({ length: wanted }, () => index - 1 - Math.floor(random() * reach)))];
    const failures = random() < FAILING ? 1 : 0;
    const estimate = seconds * Math.exp(ESTIMATE_SPREAD * normal(random));
    const priority = 3 + Math.floor(random() * 6);
    return { id: `t${index}`, type, capability: type, priority, seconds, estimate_seconds: estimate, dependencies, failures };
  });
  const made = Array.from({ length: sessions }, (_, index): MixedSession => {
    const able = TYPES.filter(({ able: share }, place) => random() < share || index % TYPES.length === place).map(({ type }) => type);
    return { id: `s${index}`, capabilities: able, speed: 0.7 + 0.7 * random() };
  });
  return { tasks, sessions: made };
}

/** Least time in which all of it can be done, in seconds: by all sessions, by those of each capability, along the longest chain. */
export function leastSeconds({ tasks, sessions }: WorkMix): number {
  const work = (each: MixedTask): number => each.seconds * (1 + each.failures);
  const speed = (able: readonly MixedSession[]): number => able.reduce((sum, session) => sum + session.speed, 0);
  const loads = TYPES.map(({ type }) => {
    const able = sessions.filter(({ capabilities }) => capabilities.includes(type));
    const load = tasks.reduce((sum, task) => sum + (task.capability === type ? work(task) : 0), 0);
    return load / speed(able);
  });
  const fastest = Math.max(...sessions.map((session) => session.speed));
  const ends: number[] = [];
  for (const task of tasks) ends.push(Math.max(0, ...task.dependencies.map((index) => ends[index] ?? 0)) + work(task) / fastest);
  const all = tasks.reduce((sum, task) => sum + work(task), 0) / speed(sessions);
  return Math.max(
    all,
    ...loads,
    ends.reduce((a, b) => Math.max(a, b), 0),
  );
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function typeAt(at: number): (typeof TYPES)[number] {
  let sum = 0;
  for (const each of TYPES) {
    sum += each.share;
    if (at < sum) return each;
  }
  return TYPES[0];
}

/** Standard normal (Box and Muller 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
