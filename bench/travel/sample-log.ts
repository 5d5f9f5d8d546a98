/**
 * A long log: some tasks that wait, and the lives of many others.
 */
import { SwarmEngine } from '../../src/engine/swarm-engine.ts';
import { systemClock, systemRandom } from '../../src/engine/system-ports.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { callsOf } from '../engine/in-process.ts';
import { live, sessionToRegister, taskToAdd } from '../engine/lives.ts';

const SESSIONS = 256;
const BATCH = 1000;

/** What a log holds. */
export interface LogSize {
  readonly events: number;
  readonly tasks_in_memory: number;
}

/** Opens the engine of the swarm `default` on this folder. */
export function openDefault(folder: string, more: Partial<Parameters<typeof SwarmEngine.open>[0]> = {}): Promise<SwarmEngine> {
  return SwarmEngine.open({
    name: 'default',
    openJournal: () => openSqliteJournal({ folder }),
    clock: systemClock,
    random: systemRandom,
    ...more,
  });
}

/** Writes it: the waiting tasks come evenly among the others. */
export async function writeLog(
  folder: string,
  { events, waiting }: { readonly events: number; readonly waiting: number },
): Promise<LogSize> {
  const engine = await openDefault(folder);
  const call = callsOf(engine);
  const sessions = Array.from({ length: SESSIONS }, (_, index) => `bench-${index}`);
  for (const id of sessions) await call('session.register', sessionToRegister(id, 1));
  const steps = 20;
  for (let step = 1; step <= steps; step += 1) {
    for (let added = 0; added < waiting / steps; added += BATCH) {
      const count = Math.min(BATCH, Math.ceil(waiting / steps) - added);
      await call('work.add', { tasks: Array.from({ length: count }, (_, index) => taskToAdd(added + index)) });
    }
    const until = (events / steps) * step;
    await Promise.all(
      sessions.map(async (session) => {
        for (let number = 0; engine.feed.head < until; number += 1) await live(call, session, number);
      }),
    );
  }
  const tasks_in_memory = await engine.read((state) => state.tasks.size);
  const size = { events: engine.feed.head, tasks_in_memory };
  await engine.close();
  return size;
}
