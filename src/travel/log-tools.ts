/**
 * What the command line can do with a log of this machine, with or without a server.
 */
import type { ArchiveRun, LogFileSummary, LogPlace, Repair } from '../contract/log-reports.ts';
import type { Moment } from '../contract/moment.ts';
import type { OutputOf } from '../contract/operations.ts';
import { Failure } from '../contract/failure.ts';
import { findMoment } from '../engine/find-moment.ts';
import type { Chunk, JournalDamage } from '../journal/journal.ts';
import { linksUntil } from '../journal/jsonl/export-log.ts';
import { hasJournal, openSqliteReader } from '../journal/sqlite/sqlite-reader.ts';
import { readWitness } from '../journal/sqlite/witness.ts';
import { listArchive } from './archive-list.ts';
import { archiveEvents, unarchiveEvents } from './archive-log.ts';
import { makeLog } from './make-log.ts';
import { beginsLog, chunkOf, exportedLines, exportToFile, importFromFile, verifyFile } from './log-files.ts';
import { repairLog } from './repair-log.ts';

/** The tools; `now` tells the time in ms since 1970. */
export function logTools(now: () => number) {
  const requestOf = async ({ folder, swarm }: LogPlace, until: Moment | undefined) => ({
    folder,
    swarm,
    now: now(),
    until: until === undefined ? undefined : await lastEventBy(folder, until, now()),
  });
  return {
    exportLog: async (place: LogPlace, file: string, until: Moment | undefined): Promise<LogFileSummary> =>
      exportToFile(await requestOf(place, until), file),
    async *exportLines(place: LogPlace, until: Moment | undefined): AsyncGenerator<string> {
      yield* exportedLines(await requestOf(place, until));
    },
    importLog: async (place: LogPlace, file: string, options: { readonly same: boolean; readonly keep_intact: boolean }) => {
      const { journal, head, damage } = await importFromFile({ ...place, file, ...options });
      return { journal, events: head.seq, damage: damage?.message ?? null };
    },
    verifyLog,
    verifyFile,
    beginsLog,
    forkLog: async (place: LogPlace, to: LogPlace, at: Moment | undefined): Promise<{ journal: string; events: number }> => {
      const { until } = await requestOf(place, at);
      return forkLog(place.folder, to, until ?? Infinity);
    },
    archiveLog: async (place: LogPlace, until: Moment): Promise<ArchiveRun> => {
      const last = await lastEventBy(place.folder, until, now());
      return archiveEvents({ ...place, now: now() }, last);
    },
    unarchiveLog: (place: LogPlace): Promise<ArchiveRun> => unarchiveEvents({ ...place, now: now() }),
    eventsUntil: (place: LogPlace, until: Moment): Promise<number> => lastEventBy(place.folder, until, now()),
    listArchive: async ({ folder }: LogPlace, verify: boolean): Promise<OutputOf<'event.archive'>> => {
      const reader = openSqliteReader(folder);
      try {
        return await listArchive(reader, { verify, until: reader.head.seq, pass: async () => undefined });
      } finally {
        await reader.close();
      }
    },
    hasLog: hasJournal,
    archiveGap,
    repairLog: ({ folder, swarm }: LogPlace, to: string): Promise<Repair> => repairLog({ from: folder, to, swarm }),
  };
}

/** The archived events that are not where they belong, and where that is. */
async function archiveGap(folder: string): Promise<{ first_seq: number; last_seq: number; folder: string; archived: number } | null> {
  const reader = openSqliteReader(folder);
  try {
    const { archived, archive } = reader;
    const gap = archive.gap(archived);
    return gap === null ? null : { ...gap, folder: archive.folder, archived };
  } finally {
    await reader.close();
  }
}

async function verifyLog({ folder }: LogPlace) {
  // Read first: a running server moves the end of its log forward before it tells its witness.
  const witness = readWitness(folder);
  const reader = openSqliteReader(folder);
  try {
    const { head, chunks, damage } = reader.verify();
    if (witness !== null && witness.seq > 0 && witness.journal_id !== reader.id)
      throw new Failure('journal_mixed', { witness_seq: witness.seq });
    const behind = witness !== null && witness.seq > head.seq ? missingEnd(head.seq, witness.seq) : null;
    return { journal: reader.id, events: head.seq, archived: reader.archived, chunks, hash: head.hash, damage: damage ?? behind };
  } finally {
    await reader.close();
  }
}

function missingEnd(good_events: number, last_seq: number): JournalDamage {
  const reason = 'they were acknowledged, and are missing from the end';
  return { first_seq: good_events + 1, last_seq, reason, good_events, readable_after: 0 };
}

/** Makes a log of its own of another's events up to one of them. */
async function forkLog(from: string, { folder, swarm }: LogPlace, until: number): Promise<{ journal: string; events: number }> {
  const source = openSqliteReader(from);
  async function* chunks(): AsyncGenerator<Chunk> {
    for await (const link of linksUntil(source, Math.min(until, source.head.seq))) yield chunkOf(link);
  }
  try {
    const { journal, head } = await makeLog({ folder, swarm, chunks });
    return { journal, events: head.seq };
  } finally {
    await source.close();
  }
}

async function lastEventBy(folder: string, moment: Moment, now: number): Promise<number> {
  const reader = openSqliteReader(folder);
  try {
    return (await findMoment(reader, moment, now)).seq;
  } finally {
    await reader.close();
  }
}
