/**
 * How a run that ended by itself has ended, from the facts of its process tree.
 */
import { refuse } from '../../contract/failure.ts';
import type { RunFacts } from '../process/process-run.ts';
import type { StopReason } from '../process/run-stop.ts';
import type { RunRequest } from '../runner.ts';

/** Completed only when it exited with 0 and left no process behind. */
export function endOfRun(request: Pick<RunRequest, 'task_id' | 'log_file'>, facts: RunFacts): StopReason {
  const { task_id, log_file } = request;
  if (facts.survivors !== undefined) {
    return { outcome: 'failed', refusal: refuse('processes_left', { task_id, pids: facts.survivors.join(', ') }) };
  }
  if (facts.exit_code === 0) return { outcome: 'completed', refusal: null };
  const how = facts.exit_code === null ? `the signal ${facts.signal}` : `exit code ${facts.exit_code}`;
  return { outcome: 'failed', refusal: refuse('script_failed', { task_id, how, log_file }) };
}
