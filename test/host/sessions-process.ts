/**
 * Several worker sessions in a process of their own, for tests that kill them together. Its first argument is JSON; it ends
 * when it is told to, or killed.
 */
import { runWorker } from '../../src/host/run-worker.ts';
import type { WorkerOptions } from '../../src/host/worker-options.ts';
import { createScriptRunner } from '../../src/runners/script/script-runner.ts';

/** What the process is given. */
export interface SessionsToRun extends Pick<WorkerOptions, 'url' | 'token' | 'data_folder'> {
  readonly sessions: readonly Pick<WorkerOptions, 'session_id' | 'capabilities'>[];
}

const { sessions, ...shared } = JSON.parse(process.argv[2] ?? '{"sessions":[]}') as SessionsToRun;
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
const runner = createScriptRunner({ grace_ms: 500 });
const { env: environment } = process;
await Promise.all(sessions.map((session) => runWorker({ ...shared, ...session, runner, environment, signal: stopping.signal })));
