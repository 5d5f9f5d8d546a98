/**
 * The life of a task, over and over: add, claim, complete, each acknowledged after it is durable.
 */
import { type CpuMeters, LifeCosts } from './cpu-meters.ts';
import { type Rate, rateOf } from './statistics.ts';

/** Calls an operation, whatever the way. */
export type Call = (operation: string, input: object) => Promise<unknown>;

/** What is added: a small script task. */
export function taskToAdd(number: number): object {
  return { type: 'build', title: `Build part ${number}`, spec: { run: `make part-${number}` }, priority: 5, required_capability: 'build' };
}

/** A session that takes tasks only by claiming them. */
export function sessionToRegister(id: string, slots: number): object {
  return { session_id: id, capabilities: ['build'], max_concurrent_tasks: slots, wants_work: false };
}

/** One life, one call after the other. */
export async function live(call: Call, session: string, number: number): Promise<void> {
  const { task_id } = (await call('work.add', taskToAdd(number))) as { task_id: string };
  const { lease } = (await call('work.claim', { session_id: session, task_id })) as { lease: number };
  await call('work.complete', { session_id: session, task_id, status: 'completed', result: { ok: true }, lease });
}

/** How lives are measured. */
export interface Measuring {
  readonly seconds: number;
  readonly meters: CpuMeters;
}

/** Runs `inFlight` lives at a time, each by a session of its own, for a warm-up and then for some seconds. */
export async function measureLives(call: Call, inFlight: number, measuring: Measuring): Promise<Rate> {
  const sessions = Array.from({ length: inFlight }, (_, index) => `bench-${inFlight}-${index}`);
  for (const id of sessions) await call('session.register', sessionToRegister(id, 1));
  return measure(measuring, sessions, async (session, number) => {
    await live(call, session, number);
    return 1;
  });
}

/** Runs one loop per session; each round returns how many lives it made. */
export async function measure(
  { seconds, meters }: Measuring,
  sessions: readonly string[],
  round: (session: string, number: number) => Promise<number>,
): Promise<Rate> {
  const durations: number[] = [];
  const warm = performance.now() + seconds * 400;
  const end = warm + seconds * 1000;
  const costs = new LifeCosts(meters);
  setTimeout(() => costs.begin(), seconds * 400);
  setTimeout(() => costs.end(), seconds * 1400);
  let number = 0;
  await Promise.all(
    sessions.map(async (session) => {
      while (performance.now() < end) {
        const start = performance.now();
        const lives = await round(session, (number += 1));
        costs.lives += lives;
        const now = performance.now();
        if (start < warm || now > end) continue;
        for (let index = 0; index < lives; index += 1) durations.push(now - start);
      }
    }),
  );
  return { ...rateOf(durations, end - warm), cpu_us_per_life: costs.end() };
}
