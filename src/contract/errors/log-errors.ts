/**
 * What is said of logs as files, and of earlier moments.
 */
import { EXIT, entry, passing, type ErrorEntry } from './error-entry.ts';

/** What is said of logs as files, and of earlier moments. */
export const LOG_ERRORS = {
  log_missing: entry(
    404,
    EXIT.missing,
    'There is no log of events in {folder}.',
    'Name the data folder with --data, and the swarm with --swarm.',
  ),
  log_present: entry(
    409,
    EXIT.conflict,
    'There is a log of events in {folder} already; nothing is written over it.',
    'Name another swarm with --swarm, or another data folder with --data.',
  ),
  log_file_damaged: entry(
    422,
    EXIT.failed,
    'The file {file} does not verify at line {line} (events {first_seq} to {last_seq}): {reason}',
    '{good_events} events before that line are intact; `tutti event import --keep-intact` takes just these.',
  ),
  archive_missing: entry(
    409,
    EXIT.failed,
    'Events {first_seq} to {last_seq} are archived, and not in {folder}.',
    'Put its files back there; `tutti event verify` checks them.',
  ),
  archive_needed: entry(
    409,
    EXIT.failed,
    'Events {first_seq} to {last_seq} are archived, and not in {folder}; without them the state cannot be made, for no checkpoint of this version of Tutti holds them.',
    'Put the files of that folder back and start again; `tutti doctor` says what is there. Nothing was changed, so the version that ran before starts without them.',
  ),
  moment_unknown: entry(
    404,
    EXIT.missing,
    'The log has not reached the moment {moment}: its last event is {head}.',
    'Name an event up to {head}, or a time that has passed.',
  ),
  moment_failed: passing(
    503,
    EXIT.failed,
    'The moment could not be looked at: {reason}',
    'Nothing was changed. Ask again, or for a later moment.',
  ),
  log_file_unusable: entry(
    422,
    EXIT.failed,
    'The file {file} cannot be used: {reason}',
    'Name a file that `tutti event export` or `tutti backup` wrote.',
  ),
  log_not_written: entry(
    409,
    EXIT.failed,
    '{file} was not written: {reason}',
    'Nothing is left of the try. Name a place that is free, may be written to and has room.',
  ),
  archive_failed: entry(
    500,
    EXIT.failed,
    'The archive could not be changed: {reason}',
    'Nothing is lost: each event is in the log or in the archive. Make room or mend the disk, then run it again: it goes on.',
  ),
} as const satisfies Record<string, ErrorEntry>;
