/**
 * A process that appends, several chunks in flight, until the journal fails, and prints what it saw as one line of JSON.
 * Usage: node append-until-failure.ts FOLDER
 */
import { Failure } from '../../src/contract/failure.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { sampleChunk } from './sample-chunks.ts';

/** What is printed: the last acknowledged event, the codes of the appends in flight, of a later one, and why. */
export interface FailureReport {
  readonly acknowledged: number;
  readonly codes: readonly string[];
  readonly later: string;
  readonly reason: string;
}

const IN_FLIGHT = 4;

async function appendUntilFailure(journal: Journal): Promise<FailureReport> {
  let next = 1;
  let acknowledged = 0;
  const loop = async (): Promise<Failure> => {
    for (;;) {
      const chunk = sampleChunk(next, 10, 'y'.repeat(1000));
      next = chunk.last_seq + 1;
      try {
        await journal.append(chunk);
      } catch (error) {
        return asFailure(error);
      }
      acknowledged = chunk.last_seq;
    }
  };
  const failures = await Promise.all(Array.from({ length: IN_FLIGHT }, () => loop()));
  const later = await journal.append(sampleChunk(next, 1)).catch(asFailure);
  return {
    acknowledged,
    codes: failures.map((failure) => failure.code),
    later: later instanceof Failure ? later.code : 'acknowledged',
    reason: String(failures[0]?.params['reason']),
  };
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}

const journal = await openSqliteJournal({ folder: process.argv[2] ?? '' });
const report = await appendUntilFailure(journal);
await journal.close();
process.stdout.write(`${JSON.stringify(report)}\n`);
