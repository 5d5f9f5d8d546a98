/**
 * Lives in one process: the operations table, validation, rules, leases and the SQLite journal, without a network.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationName } from '../../src/contract/operations.ts';
import { SwarmEngine } from '../../src/engine/swarm-engine.ts';
import { systemClock, systemRandom } from '../../src/engine/system-ports.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { invoke } from '../../src/server/invoke.ts';
import { OWN_THREADS } from './cpu-meters.ts';
import { type Call, measureLives } from './lives.ts';
import type { Rate } from './statistics.ts';
import { round } from './statistics.ts';

const BENCH = { actor: 'bench', credential: null };

/** An engine on a SQLite journal in this folder. */
export function openEngine(folder: string): Promise<SwarmEngine> {
  return SwarmEngine.open({ name: 'bench', openJournal: () => openSqliteJournal({ folder }), clock: systemClock, random: systemRandom });
}

/** Calls of an engine in this process, as a door makes them. */
export function callsOf(engine: SwarmEngine): Call {
  return (operation, input) => invoke(engine, operation as OperationName, input, BENCH);
}

/** Rates by lives in flight, and what a life costs in the log. */
export interface InProcess {
  /** How work is given out; here it is claimed, so this is what following it costs. */
  readonly policy: string;
  readonly in_flight: Readonly<Record<string, Rate>>;
  readonly events_per_life: number;
  readonly bytes_per_life: number;
}

/** Measures lives in flight 1, 64, 512 and 4,096. */
export async function measureInProcess(parent: string, seconds: number): Promise<InProcess> {
  const rates: Record<string, Rate> = {};
  let events_per_life = 0;
  let bytes_per_life = 0;
  let policy = '';
  for (const inFlight of [1, 64, 512, 4096]) {
    const folder = mkdtempSync(join(parent, 'in-process-'));
    const engine = await openEngine(folder);
    rates[inFlight] = await measureLives(callsOf(engine), inFlight, { seconds, meters: OWN_THREADS });
    policy = await engine.read((state) => state.settings.policy);
    const lives = await engine.read((state) => state.task_counts.completed);
    const events = engine.feed.head - inFlight;
    await engine.close();
    events_per_life = round(events / lives, 3);
    bytes_per_life = Math.round(sizeOf(folder) / lives);
    rmSync(folder, { recursive: true });
  }
  return { policy, in_flight: rates, events_per_life, bytes_per_life };
}

function sizeOf(folder: string): number {
  return statSync(join(folder, 'journal.db')).size;
}
