/**
 * The runner `script`: runs the command of a task's `spec.run` in the task's folder.
 * Invariant: the stream never throws and always ends with `finished`, and by then no process of the run is left,
 * or `evidence.survivors` names those that are.
 */
import { isRefusal } from '../../contract/failure.ts';
import { type Dialogue, type FinishedEvent, notStarted, type ProcessRun, runProcess } from '../process/process-run.ts';
import { streamRun } from '../process/run-stream.ts';
import type { Runner } from '../runner.ts';
import { endOfRun } from './end-of-run.ts';
import { createProgressReader } from './progress-lines.ts';
import { commandLabel, readScriptSpec } from './script-spec.ts';

/** Settings of the script runner. */
export interface ScriptRunnerOptions {
  /** Time between SIGTERM and SIGKILL, in milliseconds; 5,000 by default. */
  readonly grace_ms?: number;
}

/** Makes the script runner. */
export function createScriptRunner(options: ScriptRunnerOptions = {}): Runner {
  const grace_ms = options.grace_ms ?? 5_000;
  return { name: 'script', run: (request, signal) => streamRun(request, { signal, grace_ms }, runScript) };
}

async function runScript(run: ProcessRun): Promise<FinishedEvent> {
  const { request } = run;
  const spec = readScriptSpec(request.task_id, request.spec);
  if (isRefusal(spec)) return notStarted(request, spec);
  const limit_ms = spec.timeout_seconds === undefined ? undefined : spec.timeout_seconds * 1_000;
  const { run: command, env } = spec;
  return runProcess(run, { run: command, env, takesInput: false, label: commandLabel(command), limit_ms, talk: () => listen(run) });
}

function listen({ channel, request }: ProcessRun): Dialogue {
  const progress = { stdout: createProgressReader(), stderr: createProgressReader() };
  return {
    async take(stream, text, isLast) {
      if (text !== '') await channel.send({ kind: 'output', stream, text }, text.length);
      const read = progress[stream];
      const reports = [...read(text), ...(isLast ? read(null) : [])];
      for (const report of reports) await channel.send({ kind: 'progress', ...report }, report.message.length + 1);
    },
    ending: (facts) => endOfRun(request, facts),
  };
}
