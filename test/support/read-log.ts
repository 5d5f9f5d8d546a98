/**
 * Reads a log from its data folder, as it is when its server has ended.
 */
import type { LogEvent } from '../../src/contract/event.ts';
import { decodeChunk } from '../../src/engine/event-codec.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';

/** Every event, and what is wrong with the chain, or null. */
export async function readLog(folder: string): Promise<{ readonly events: LogEvent[]; readonly damage: string | null }> {
  const journal = await openSqliteJournal({ folder });
  try {
    const events: LogEvent[] = [];
    for await (const chunk of journal.read(1)) events.push(...decodeChunk(chunk));
    const { damage } = await journal.verify();
    return { events, damage: damage?.reason ?? null };
  } finally {
    await journal.close();
  }
}
