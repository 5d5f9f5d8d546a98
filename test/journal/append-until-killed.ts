/**
 * A process that appends until it is killed. It keeps several chunks in flight and prints the last event of each
 * acknowledged chunk, one number per line, written before anything else happens.
 * Usage: node append-until-killed.ts FOLDER CHUNK_SIZE IN_FLIGHT
 */
import { writeSync } from 'node:fs';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { retiredTask, sampleChunk } from './sample-chunks.ts';

const [folder = '', size = '10', inFlight = '8'] = process.argv.slice(2);
const journal = await openSqliteJournal({ folder });
let next = journal.head.seq + 1;

async function appendOn(): Promise<void> {
  for (;;) {
    const chunk = sampleChunk(next, Number(size), 'acknowledged?', [retiredTask(`task-${next}`, next)]);
    next = chunk.last_seq + 1;
    await journal.append(chunk);
    writeSync(1, `${chunk.last_seq}\n`);
  }
}

await Promise.all(Array.from({ length: Number(inFlight) }, () => appendOn()));
