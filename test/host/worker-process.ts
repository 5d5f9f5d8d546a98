/**
 * A worker as a process of its own, for tests that kill or pause it. Its first argument is JSON; each event is a line of
 * JSON on stdout, the exit is the last.
 */
import { runWorker } from '../../src/host/run-worker.ts';
import { createScriptRunner } from '../../src/runners/script/script-runner.ts';
import type { WorkerOptions } from '../../src/host/worker-options.ts';

const given = JSON.parse(process.argv[2] ?? '{}') as Pick<WorkerOptions, 'url' | 'token' | 'session_id' | 'data_folder' | 'slots'>;
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
const exit = await runWorker({
  capabilities: ['build'],
  ...given,
  runner: createScriptRunner({ grace_ms: 500 }),
  environment: process.env,
  signal: stopping.signal,
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
});
process.stdout.write(`${JSON.stringify({ kind: 'exit', ...exit })}\n`);
