/**
 * A pipe for the output of a child process. Node itself gives children sockets, and a script that writes to /dev/stderr
 * or /dev/stdout cannot open those; a real pipe it can. Invariant: nothing stays behind in the file system.
 */
import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The two ends of a pipe. */
export interface OutputPipe {
  /** Where the pipe was; the system shows it as the target of the child's descriptors. */
  readonly path: string;
  readonly reader: Socket;
  /** Descriptor for the child. */
  readonly writer: number;
}

/** Opens one pipe per name. Throws what the system throws when the temporary folder takes none. */
export async function openPipes(names: readonly string[]): Promise<readonly OutputPipe[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tutti-run-'));
  const opened: OutputPipe[] = [];
  try {
    const paths = names.map((name) => join(folder, name));
    await promisify(execFile)('mkfifo', ['-m', '600', ...paths]);
    for (const path of paths) opened.push(openPipe(path));
    return opened;
  } catch (error) {
    closeWriters(opened);
    for (const pipe of opened) pipe.reader.destroy();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Closes our copy of the writing ends, so that the readers end with the last process that holds them. */
export function closeWriters(pipes: readonly OutputPipe[]): void {
  for (const pipe of pipes) closeSync(pipe.writer);
}

function openPipe(path: string): OutputPipe {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const reader = new Socket({ fd, readable: true, writable: false });
  try {
    return { path, reader, writer: openSync(path, constants.O_WRONLY) };
  } catch (error) {
    reader.destroy();
    throw error;
  }
}
