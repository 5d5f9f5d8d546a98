/**
 * Results on their way to the server, on disk: written and synced before they are sent, removed once they are
 * acknowledged. Invariant: a result is in `outbox/`, or acknowledged, or in `undelivered/` with the reason.
 */
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Failure } from '../contract/failure.ts';
import type { TaskResult } from './task-result.ts';

const outboxEntry = z.object({
  swarm: z.string(),
  session_id: z.string(),
  task_id: z.string(),
  lease: z.int(),
  command_id: z.string(),
  status: z.enum(['completed', 'failed']),
  duration_minutes: z.number(),
  /** ms since 1970. */
  recorded_at: z.number(),
  result: z.custom<TaskResult>((value) => typeof value === 'object' && value !== null),
});

/** One result under its lease. */
export type OutboxEntry = z.output<typeof outboxEntry>;

/** The outbox of one worker's folder. */
export interface ResultOutbox {
  /** Writes a result durably. Throws what the system throws, for example on a full disk. */
  put(entry: OutboxEntry): Promise<void>;
  /** What waits, the oldest first. A file that cannot be read is set aside and its name is in `damaged`. */
  list(): Promise<{ readonly entries: readonly OutboxEntry[]; readonly damaged: readonly string[] }>;
  /** Forgets an acknowledged result. */
  remove(entry: OutboxEntry): Promise<void>;
  /** Keeps a result that the server will never take, with the reason; returns the file. */
  setAside(entry: OutboxEntry, failure: Failure): Promise<string>;
}

/** Opens the outbox in a folder and makes its folders. */
export async function openOutbox(folder: string): Promise<ResultOutbox> {
  const waiting = join(folder, 'outbox');
  const refused = join(folder, 'undelivered');
  for (const each of [waiting, refused]) await mkdir(each, { recursive: true });
  return {
    put: (entry) => writeDurably(waiting, nameOf(entry), entry),
    remove: (entry) => rm(join(waiting, nameOf(entry)), { force: true }),
    async list() {
      const entries: OutboxEntry[] = [];
      const damaged: string[] = [];
      for (const name of (await readdir(waiting)).filter((each) => each.endsWith('.json'))) {
        const entry = await readEntry(join(waiting, name));
        if (entry !== null) {
          entries.push(entry);
          continue;
        }
        await rename(join(waiting, name), join(refused, `${name}.damaged`));
        damaged.push(join(refused, `${name}.damaged`));
      }
      return { entries: entries.sort((a, b) => a.recorded_at - b.recorded_at), damaged };
    },
    async setAside(entry, failure) {
      await writeDurably(refused, nameOf(entry), { ...entry, refused: { code: failure.code, message: failure.message } });
      await rm(join(waiting, nameOf(entry)), { force: true });
      return join(refused, nameOf(entry));
    },
  };
}

function nameOf(entry: OutboxEntry): string {
  return `${entry.task_id}-${entry.lease}-${entry.command_id}.json`;
}

/** Written beside, synced, then renamed: a crash leaves the whole file or none. */
async function writeDurably(folder: string, name: string, value: unknown): Promise<void> {
  const draft = join(folder, `${name}.draft`);
  try {
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(value));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, join(folder, name));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function readEntry(path: string): Promise<OutboxEntry | null> {
  try {
    return outboxEntry.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}
