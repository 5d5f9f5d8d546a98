/**
 * The result of one attempt as it is sent with `work.complete`: facts that anybody can check again.
 * Invariant: at most RESULT_BYTES as JSON; what is cut is counted.
 */
import type { ErrorCode } from '../contract/error-catalogue.ts';
import { type ErrorParams, messageOf } from '../contract/failure.ts';

/** The largest result in bytes of JSON. */
export const RESULT_BYTES = 16_384;

/** Characters of a command, a message, a tail that a result carries at most. */
const LONGEST_TEXT = { command: 1000, message: 2000, tail: 4096 } as const;

/** Why an attempt failed. */
export interface ResultError {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Facts about one attempt. Repository fields are null when the task names no repository. */
export interface TaskResult {
  readonly outcome: 'completed' | 'failed' | 'timed_out' | 'cancelled';
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly duration_ms: number;
  readonly command: string;
  /** Folder it ran in; it may be gone when the branch holds everything. */
  readonly folder: string | null;
  readonly log_file: string | null;
  /** Bytes of output in the log file. */
  readonly output_bytes: number;
  readonly tail: string;
  /** An agent's last words. */
  readonly answer?: string;
  /** The agent's own id of its conversation. */
  readonly conversation?: string;
  /** A structured answer, when one was asked for. */
  readonly structured?: unknown;
  readonly base_commit: string | null;
  readonly commit: string | null;
  readonly branch: string | null;
  /** Paths below the repository's root; `changed_files_total` counts those that were left out, too. */
  readonly changed_files: readonly string[];
  readonly changed_files_total: number;
  readonly insertions: number;
  readonly deletions: number;
  readonly merged_into?: string;
  readonly merge_commit?: string;
  readonly conflicting_files?: readonly string[];
  readonly error?: ResultError;
}

/** A result of an attempt that never ran. */
export const NOTHING_RUN: TaskResult = {
  outcome: 'failed',
  exit_code: null,
  signal: null,
  duration_ms: 0,
  command: '',
  folder: null,
  log_file: null,
  output_bytes: 0,
  tail: '',
  base_commit: null,
  commit: null,
  branch: null,
  changed_files: [],
  changed_files_total: 0,
  insertions: 0,
  deletions: 0,
};

/** The error of a result, from a code and its parameters. */
export function resultError(code: ErrorCode, params: ErrorParams): ResultError {
  return { code, message: messageOf(code, params) };
}

/** The result of an attempt that failed for a reason outside of its command. */
export function failedResult(result: TaskResult, error: ResultError): TaskResult {
  return { ...result, outcome: result.outcome === 'completed' ? 'failed' : result.outcome, error };
}

/** Cuts a result to its limit: very long texts first, then the lists from their ends, then the rest of the tail. */
export function limitResult(result: TaskResult): TaskResult {
  let limited: TaskResult = {
    ...result,
    command: result.command.slice(0, LONGEST_TEXT.command),
    tail: result.tail.slice(-LONGEST_TEXT.tail),
    ...(result.error === undefined ? {} : { error: { ...result.error, message: result.error.message.slice(0, LONGEST_TEXT.message) } }),
  };
  for (const list of ['changed_files', 'conflicting_files'] as const) {
    const excess = bytesOf(limited) - RESULT_BYTES;
    const paths = limited[list];
    if (excess > 0 && paths !== undefined) limited = { ...limited, [list]: shorten(paths, bytesOf(paths) - excess) };
  }
  // A character has at least one byte, so cutting as many characters as there are bytes too much is enough.
  const excess = bytesOf(limited) - RESULT_BYTES;
  return excess > 0 ? { ...limited, tail: limited.tail.slice(excess) } : limited;
}

/** The longest beginning of a list that fits into so many bytes of JSON. */
function shorten(paths: readonly string[], bytes: number): string[] {
  const kept: string[] = [];
  let used = 2;
  for (const path of paths) {
    used += bytesOf(path) + 1;
    if (used > bytes) break;
    kept.push(path);
  }
  return kept;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
