/**
 * Says what of a log is archived, file by file, and whether it can be relied on.
 * Invariant: an archived event is in a file without a fault, or in `missing`.
 */
import { reasonOf } from '../contract/failure.ts';
import type { OutputOf } from '../contract/operations.ts';
import { decodeChunk } from '../engine/event-codec.ts';
import type { ArchivedFile, EventArchive, EventRange, JournalReader } from '../journal/journal.ts';
import { isoTime } from '../views/time.ts';

type ArchiveList = OutputOf<'event.archive'>;

/** What is asked of an archive. */
export interface ArchiveQuestion {
  readonly verify?: boolean | undefined;
  /** Files that are listed; left out: all. */
  readonly limit?: number | undefined;
  /** The last event that counts. */
  readonly until: number;
  /** Lets others have a turn. */
  readonly pass: () => Promise<void>;
}

/** Lists it. Rejects with what `pass` rejects with. */
export async function listArchive(
  log: JournalReader,
  { verify = false, limit = Infinity, until, pass }: ArchiveQuestion,
): Promise<ArchiveList> {
  const { archive, archived = 0 } = log;
  const end = Math.min(archived, until);
  const found = (archive?.files() ?? []).filter(({ first_seq }) => first_seq <= end);
  const faults = new Map<string, string>();
  for (const [place, file] of found.entries()) {
    const fault =
      file.fault ?? (archive !== undefined && verify ? await faultOf(log, { archive, file, before: found[place - 1], pass }) : null);
    if (fault !== null) faults.set(file.name, fault);
  }
  const listed = found.slice(-Math.min(limit, found.length));
  const shown = (archive === undefined || found.length === 0 ? [] : listed).map((file) => {
    const { name, first_seq, last_seq, size } = file;
    const times = timesOf(archive, file);
    return { name, first_seq, last_seq, bytes: size, ...times, fault: faults.get(name) ?? null };
  });
  return {
    archived: end,
    head: Math.min(log.head.seq, until),
    folder: archive?.folder ?? null,
    bytes: found.reduce((sum, { size }) => sum + size, 0),
    verified: verify,
    missing: missingIn(
      found.filter(({ name }) => !faults.has(name)),
      end,
    ),
    files: shown,
    files_total: found.length,
  };
}

interface Checking {
  readonly archive: EventArchive;
  readonly file: ArchivedFile;
  readonly before: ArchivedFile | undefined;
  readonly pass: () => Promise<void>;
}

/** Why a file cannot be relied on, or null. */
async function faultOf(log: JournalReader, { archive, file, before, pass }: Checking): Promise<string | null> {
  const chunks = archive.read(file.first_seq, file.last_seq)[Symbol.iterator]();
  for (let more = true; more;) {
    await pass();
    try {
      more = chunks.next().done !== true;
    } catch (error) {
      return reasonOf(error);
    }
  }
  if (before !== undefined && before.fault === null && before.last_seq === file.first_seq - 1 && before.hash !== file.previous_hash)
    return `it does not follow ${before.name}`;
  if (file.last_seq === log.archived && (await log.hashAfter(file.last_seq)) !== file.hash) return 'the log does not follow it';
  return null;
}

/** From its first event to its last; null when they cannot be read. */
function timesOf(archive: EventArchive | undefined, { first_seq, last_seq }: EventRange) {
  try {
    const [first, last] = [archive?.linkAt(first_seq), archive?.linkAt(last_seq)];
    const begun = first === undefined ? undefined : decodeChunk(first)[0]?.time;
    return { first_time: begun === undefined ? null : isoTime(begun), last_time: last === undefined ? null : isoTime(last.time) };
  } catch {
    // The fault of the file says why.
    return { first_time: null, last_time: null };
  }
}

function missingIn(files: readonly EventRange[], until: number): EventRange[] {
  const missing: EventRange[] = [];
  let next = 1;
  for (const { first_seq, last_seq } of files) {
    if (first_seq > next) missing.push({ first_seq: next, last_seq: first_seq - 1 });
    next = Math.max(next, last_seq + 1);
  }
  if (next <= until) missing.push({ first_seq: next, last_seq: until });
  return missing;
}
