/**
 * How long it takes to rebuild the state from a log of 1,000,000 events, with few live tasks and with all of them pending.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { recoverState } from '../../src/engine/recover-state.ts';
import { callsOf, openEngine } from './in-process.ts';
import { type Call, live, sessionToRegister, taskToAdd } from './lives.ts';
import { round } from './statistics.ts';

const EVENTS = 1_000_000;
const ROUNDS = 3;

/** Seconds to open the journal and fold its events; the median of three. */
export interface Recovery {
  readonly events: number;
  readonly seconds: number;
}

/** Measures both logs. */
export async function measureRecovery(parent: string): Promise<{ readonly few_live: Recovery; readonly all_pending: Recovery }> {
  return {
    few_live: await measureLog(parent, async (call) => {
      const sessions = Array.from({ length: 256 }, (_, index) => `bench-${index}`);
      for (const id of sessions) await call('session.register', sessionToRegister(id, 1));
      let left = Math.floor(EVENTS / 3);
      await Promise.all(
        sessions.map(async (session) => {
          while (left > 0) await live(call, session, (left -= 1));
        }),
      );
    }),
    all_pending: await measureLog(parent, async (call) => {
      for (let added = 0; added < EVENTS; added += 1000) {
        await call('work.add', { tasks: Array.from({ length: 1000 }, (_, index) => taskToAdd(added + index)) });
      }
    }),
  };
}

async function measureLog(parent: string, write: (call: Call) => Promise<void>): Promise<Recovery> {
  const folder = mkdtempSync(join(parent, 'recovery-'));
  const engine = await openEngine(folder);
  await write(callsOf(engine));
  await engine.close();
  const times: number[] = [];
  let events = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    const journal = await openSqliteJournal({ folder });
    const { state } = await recoverState('bench', journal);
    times.push((performance.now() - start) / 1000);
    events = state.seq;
    await journal.close();
  }
  rmSync(folder, { recursive: true });
  return { events, seconds: round(times.toSorted((a, b) => a - b)[1] ?? Number.NaN, 3) };
}
