/**
 * Owns the file that the server's own log goes to. Invariant: it never takes more than two times its limit on disk,
 * and is readable by its owner only.
 */
import { appendFileSync, closeSync, fstatSync, openSync, renameSync } from 'node:fs';

/** A file of lines that starts anew when it is full; the lines before stay in `FILE.1`. */
export interface LogFile {
  write(line: string): void;
  close(): void;
}

/** When a log file is full, in bytes: 10 MiB. */
const LOG_FILE_BYTES = 10 * 1_048_576;

/** Opens the log file for appending. Losing a line of the log is better than losing the server: a failed write is dropped. */
export function openLogFile(path: string, limit = LOG_FILE_BYTES): LogFile {
  let handle: number | null = openSync(path, 'a', 0o600);
  let size = fstatSync(handle).size;
  const startAnew = (full: number): number => {
    closeSync(full);
    handle = null;
    renameSync(path, `${path}.1`);
    size = 0;
    handle = openSync(path, 'a', 0o600);
    return handle;
  };
  return {
    write: (line) => {
      if (handle === null) return;
      try {
        appendFileSync(size > limit ? startAnew(handle) : handle, line);
        size += Buffer.byteLength(line);
      } catch {
        // The disk is full or the folder is gone; the log is not what the server is for.
      }
    },
    close: () => {
      if (handle !== null) closeSync(handle);
      handle = null;
    },
  };
}
