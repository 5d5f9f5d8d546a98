/**
 * The worker: one session that takes tasks, runs them and reports (B6).
 */
import { Failure } from '../contract/failure.ts';
import type { WorkerExit, WorkerOptions } from './worker-options.ts';

/** Runs a worker until its signal aborts, another process takes its session id, or the server refuses it for good. */
export function runWorker(options: WorkerOptions): Promise<WorkerExit> {
  return Promise.reject(new Failure('internal', { reason: `the worker for ${options.url} is being built` }));
}
