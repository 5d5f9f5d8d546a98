/**
 * Recovery by the whole fold, and from the newest checkpoint with an empty tail and with one of 100,000 events.
 */
import { recoverState } from '../../src/engine/recover-state.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { ThreadCheckpoints } from '../../src/travel/thread-checkpoints.ts';
import { round } from '../engine/statistics.ts';

const ROUNDS = 3;

/** Seconds. */
export interface RecoveryTimes {
  readonly whole_log_s: number;
  readonly make_checkpoint_s: number;
  readonly from_checkpoint_s: number;
}

/** Measures on the log in this folder; leaves checkpoints there. */
export async function measureRecovery(folder: string): Promise<RecoveryTimes> {
  const place = { folder, swarm: 'default' };
  const checkpoints = new ThreadCheckpoints(place, 0, 1);
  const whole: number[] = [];
  const from: number[] = [];
  let head = 0;
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const start = performance.now();
    const journal = await openSqliteJournal({ folder });
    ({ seq: head } = (await recoverState('default', journal)).state);
    whole.push(performance.now() - start);
    await journal.close();
  }
  const make = await checkpoints.make(head);
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const start = performance.now();
    const journal = await openSqliteJournal({ folder });
    const found = await checkpoints.newest(journal);
    if (found === null) throw new Error('the checkpoint is not used');
    await recoverState('default', journal, found);
    from.push(performance.now() - start);
    await journal.close();
  }
  return { whole_log_s: seconds(middle(whole)), make_checkpoint_s: seconds(make), from_checkpoint_s: seconds(middle(from)) };
}

function middle(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

function seconds(ms: number): number {
  return round(ms / 1000, 3);
}
