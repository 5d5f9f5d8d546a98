/**
 * The log file of a run: every byte of output, appended in the order of arrival, and its end kept in memory for the evidence.
 * Invariant: `bytes` counts what was written, and once a write failed nothing more is written.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { reasonOf } from '../../contract/failure.ts';
import { plainTail } from './plain-text.ts';

/** Colours and cursor movements take room, so more is kept than is shown. */
const KEPT_BYTES = 64 * 1024;
const TAIL_BYTES = 4 * 1024;

/** The log of one run. */
export interface OutputLog {
  /** Appends a chunk; resolves to why that failed, or null. */
  append(chunk: Buffer): Promise<string | null>;
  /** Makes the file durable and closes it; resolves to why that failed, or null. */
  close(): Promise<string | null>;
  readonly bytes: () => number;
  /** The last readable lines, at most 4 KB. */
  readonly tail: () => string;
}

/** Opens the log for appending. Throws what the system throws. */
export async function openOutputLog(path: string): Promise<OutputLog> {
  const file = await open(path, 'a', 0o600);
  let bytes = 0;
  let kept: Buffer = Buffer.alloc(0);
  let failed: string | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const write = async (chunk: Buffer): Promise<string | null> => {
    if (failed !== null) return failed;
    try {
      for (let offset = 0; offset < chunk.length;) {
        const { bytesWritten } = await file.write(chunk, offset);
        offset += bytesWritten;
        bytes += bytesWritten;
      }
    } catch (error) {
      failed = reasonOf(error);
    }
    return failed;
  };

  return {
    append(chunk) {
      kept = chunk.length >= KEPT_BYTES ? chunk : Buffer.from(Buffer.concat([kept, chunk]).subarray(-KEPT_BYTES));
      const written = last.then(() => write(chunk));
      last = written;
      return written;
    },
    async close() {
      await last;
      const closed = await closeFile(file);
      return failed ?? closed;
    },
    bytes: () => bytes,
    tail: () => plainTail(kept.toString('utf8'), TAIL_BYTES),
  };
}

async function closeFile(file: FileHandle): Promise<string | null> {
  try {
    await file.sync();
    return null;
  } catch (error) {
    const cannotSync = error instanceof Error && 'code' in error && (error.code === 'EINVAL' || error.code === 'ENOTSUP');
    return cannotSync ? null : reasonOf(error);
  } finally {
    await file.close().catch(() => {});
  }
}
