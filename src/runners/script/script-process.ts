/**
 * Starts the process of a script in a session of its own, marked so that all its descendants can be found.
 * Invariant: its environment is the request's and the task's, nothing inherited; the worker's TUTTI_ variables win.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { RunRequest } from '../runner.ts';
import { closeWriters, openPipes } from './output-pipe.ts';
import type { ProcessTable, RunRoot } from './process-table.ts';
import type { ScriptSpec } from './script-spec.ts';

/** The environment variable that marks every process of a run. */
const MARK = 'TUTTI_RUN';

/** How the first process ended. */
export interface ScriptExit {
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly duration_ms: number;
}

/** A script that runs. */
export interface ScriptProcess {
  readonly pid: number;
  readonly root: RunRoot;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<ScriptExit>;
}

/** Starts the script. Throws what the system throws when it cannot. */
export async function startScript(request: RunRequest, spec: ScriptSpec, processes: ProcessTable): Promise<ScriptProcess> {
  const pipes = await openPipes(['stdout', 'stderr']);
  const [out, err] = pipes;
  if (out === undefined || err === undefined) throw new TypeError('two pipes were asked for');
  const mark = randomUUID();
  const start = performance.now();
  try {
    const [file, ...words] = typeof spec.run === 'string' ? (['/bin/sh', '-c', '--', spec.run] as const) : spec.run;
    const child = spawn(file, words, {
      cwd: request.folder,
      env: { ...request.environment, ...spec.env, ...ownVariables(request), [MARK]: mark },
      stdio: ['ignore', out.writer, err.writer],
      detached: true,
    });
    const exited = watchExit(child, start);
    await once(child, 'spawn');
    child.on('error', () => {});
    const pid = child.pid ?? 0;
    const root = { pid, started: processes.started(pid), mark: `${MARK}=${mark}`, pipes: pipes.map((pipe) => pipe.path) };
    return { pid, root, stdout: out.reader, stderr: err.reader, exited };
  } catch (error) {
    for (const pipe of pipes) pipe.reader.destroy();
    throw error;
  } finally {
    closeWriters(pipes);
  }
}

function watchExit(child: ChildProcess, start: number): Promise<ScriptExit> {
  return new Promise((resolve) => {
    child.once('exit', (exit_code, signal) => resolve({ exit_code, signal, duration_ms: Math.round(performance.now() - start) }));
  });
}

function ownVariables(request: RunRequest): Record<string, string> {
  return Object.fromEntries(Object.entries(request.environment).filter(([name]) => name.startsWith('TUTTI_')));
}
