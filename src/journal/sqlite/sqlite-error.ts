/** Owns how an error of node:sqlite is told apart, and which Failure it becomes. */
import { Failure, reasonOf } from '../../contract/failure.ts';

const ERROR = 1;
const BUSY = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** True when another connection holds the database. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === BUSY;
}

/** True when SQLite finds its file damaged, or the tables in it are not those that fixed statements name. */
export function isCorrupt(error: unknown): boolean {
  const code = primaryCode(error);
  return code === CORRUPT || code === NOT_A_DATABASE || code === ERROR;
}

/** The Failure `journal_failed` for anything thrown while writing; a Failure stays what it is. */
export function asJournalFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('journal_failed', { reason: reasonOf(error) }, error);
}

/** The primary result code: the extended ones carry it in their lowest byte. */
function primaryCode(error: unknown): number | null {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return null;
  return error.errcode & 0xff;
}
