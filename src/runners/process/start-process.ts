/**
 * Starts the first process of a run in a session of its own, marked so that all its descendants can be found.
 * Invariant: its environment is the request's and the command's, nothing inherited; the host's TUTTI_ variables win.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { RunRequest } from '../runner.ts';
import { closeWriters, openPipes } from './output-pipe.ts';
import type { ProcessTable, RunRoot } from './process-table.ts';

/** The environment variable that marks every process of a run. */
const MARK = 'TUTTI_RUN';

/** What is started. */
export interface ProcessCommand {
  /** A string runs through /bin/sh, an array is executed directly. */
  readonly run: string | readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** False: its input is empty. */
  readonly takesInput: boolean;
}

/** How the first process ended. */
export interface ProcessExit {
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly duration_ms: number;
}

/** A process that runs. */
export interface RunningProcess {
  readonly pid: number;
  readonly root: RunRoot;
  /** null when it takes none. */
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<ProcessExit>;
}

/** Starts the process. Throws what the system throws when it cannot. */
export async function startProcess(request: RunRequest, command: ProcessCommand, processes: ProcessTable): Promise<RunningProcess> {
  const pipes = await openPipes(['stdout', 'stderr']);
  const [out, err] = pipes;
  if (out === undefined || err === undefined) throw new TypeError('two pipes were asked for');
  const mark = randomUUID();
  const start = performance.now();
  try {
    const [file, ...words] = typeof command.run === 'string' ? (['/bin/sh', '-c', '--', command.run] as const) : command.run;
    const child = spawn(file, words, {
      cwd: request.folder,
      env: { ...request.environment, ...command.env, ...ownVariables(request), [MARK]: mark },
      stdio: [command.takesInput ? 'pipe' : 'ignore', out.writer, err.writer],
      detached: true,
    });
    const exited = watchExit(child, start);
    await once(child, 'spawn');
    child.on('error', () => {});
    const { stdin } = child;
    stdin?.on('error', () => {});
    const pid = child.pid ?? 0;
    const root = { pid, started: processes.started(pid), mark: `${MARK}=${mark}`, pipes: pipes.map((pipe) => pipe.path) };
    return { pid, root, stdin, stdout: out.reader, stderr: err.reader, exited };
  } catch (error) {
    for (const pipe of pipes) pipe.reader.destroy();
    throw error;
  } finally {
    closeWriters(pipes);
  }
}

function watchExit(child: ChildProcess, start: number): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (exit_code, signal) => resolve({ exit_code, signal, duration_ms: Math.round(performance.now() - start) }));
  });
}

function ownVariables(request: RunRequest): Record<string, string> {
  return Object.fromEntries(Object.entries(request.environment).filter(([name]) => name.startsWith('TUTTI_')));
}
