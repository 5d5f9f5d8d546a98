/**
 * How long it takes to rebuild the state from a log of 1,000,000 events, with few live tasks and with all of them pending:
 * as an engine does it when it starts, from the newest checkpoint where that pays, and from the whole log.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { recoverState } from '../../src/engine/recover-state.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { ThreadCheckpoints } from '../../src/travel/thread-checkpoints.ts';
import { callsOf, openEngine } from './in-process.ts';
import { type Call, live, sessionToRegister, taskToAdd } from './lives.ts';
import { round } from './statistics.ts';

const EVENTS = 1_000_000;
const ROUNDS = 3;
/** Events that came after the newest checkpoint: what a busy server makes between two. */
const TAIL = 50_000;

/** Medians of three: open the journal, read the newest checkpoint if that pays, fold the events after it. */
export interface Recovery {
  readonly events: number;
  readonly seconds: number;
  /** Events that were folded after the checkpoint; all of them where it did not pay to use one. */
  readonly events_folded: number;
  /** Without any checkpoint. */
  readonly whole_log_seconds: number;
}

/** Measures both logs. */
export async function measureRecovery(parent: string): Promise<{ readonly few_live: Recovery; readonly all_pending: Recovery }> {
  // The threads that make checkpoints keep no process alive.
  const alive = setInterval(() => undefined, 1000);
  try {
    return { few_live: await measureLog(parent, writeLives), all_pending: await measureLog(parent, writePending) };
  } finally {
    clearInterval(alive);
  }
}

type Write = (call: Call, events: number) => Promise<void>;

async function writeLives(call: Call, events: number): Promise<void> {
  const sessions = Array.from({ length: 256 }, (_, index) => `bench-${index}`);
  for (const id of sessions) await call('session.register', sessionToRegister(id, 1));
  let left = Math.floor(events / 3);
  await Promise.all(
    sessions.map(async (session) => {
      while (left > 0) await live(call, session, (left -= 1));
    }),
  );
}

async function writePending(call: Call, events: number): Promise<void> {
  for (let added = 0; added < events; added += 1000) {
    await call('work.add', { tasks: Array.from({ length: 1000 }, (_, index) => taskToAdd(added + index)) });
  }
}

async function measureLog(parent: string, write: Write): Promise<Recovery> {
  const folder = mkdtempSync(join(parent, 'recovery-'));
  const checkpoints = new ThreadCheckpoints({ folder, swarm: 'bench' }, 0, 1);
  const engine = await openEngine(folder);
  await write(callsOf(engine), EVENTS - TAIL);
  await checkpoints.make(engine.feed.head);
  await write(callsOf(engine), TAIL);
  await engine.close();
  const usual = await measureOpening(folder, checkpoints);
  const whole = await measureOpening(folder, null);
  rmSync(folder, { recursive: true });
  return { ...usual, whole_log_seconds: whole.seconds };
}

async function measureOpening(folder: string, checkpoints: ThreadCheckpoints | null): Promise<Omit<Recovery, 'whole_log_seconds'>> {
  const times: number[] = [];
  let events = 0;
  let from = 0;
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const start = performance.now();
    const journal = await openSqliteJournal({ folder });
    const found = (await checkpoints?.newest(journal)) ?? undefined;
    from = found?.state.seq ?? 0;
    const { state } = await recoverState('bench', journal, found);
    times.push((performance.now() - start) / 1000);
    events = state.seq;
    await journal.close();
  }
  const seconds = round(times.toSorted((a, b) => a - b)[1] ?? Number.NaN, 3);
  return { events, seconds, events_folded: events - from };
}
