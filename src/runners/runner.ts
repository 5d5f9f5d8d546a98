/**
 * The runner port: drives one agent (or command) on one task as a stream of typed events.
 * The stream never throws: whatever breaks becomes its last event, `finished`.
 */
import type { ErrorCode } from '../contract/error-catalogue.ts';
import type { ErrorParams } from '../contract/failure.ts';

/** What a runner is given: the task, the folder to work in, where to write its log, and its limits. */
export interface RunRequest {
  readonly task_id: string;
  readonly attempt: number;
  /** The task's spec, as it was added: a string or an object. */
  readonly spec: unknown;
  /** Working folder; exists already. */
  readonly folder: string;
  /** File that receives the whole output, appended; its folder exists. */
  readonly log_file: string;
  /** Environment of the process; nothing else is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout_ms: number;
}

/** How a run ended. */
export type RunOutcome = 'completed' | 'failed' | 'timed_out' | 'cancelled';

/** Facts about a run that anybody can check again. */
export interface RunEvidence {
  readonly command: string;
  /** null when the process was ended by a signal or never started. */
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly duration_ms: number;
  readonly log_file: string;
  /** Bytes of output written to the log file. */
  readonly output_bytes: number;
  /** The last lines of output, at most 4 KB, control characters removed. */
  readonly tail: string;
  /** Processes of the run that could not be ended; absent when none is left. A run with survivors is not `completed`. */
  readonly survivors?: readonly number[];
}

/** What a run reports, in order: started?, (output | progress)*, finished. */
export type RunnerEvent =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'progress'; readonly progress: number; readonly message: string }
  | {
      readonly kind: 'finished';
      readonly outcome: RunOutcome;
      readonly evidence: RunEvidence;
      /** Why it failed, when it did. */
      readonly error: { readonly code: ErrorCode; readonly params: ErrorParams } | null;
    };

/** Drives one kind of agent. */
export interface Runner {
  readonly name: string;
  /** Runs one task. Aborting the signal stops the whole process tree and ends the stream with `cancelled`. */
  run(request: RunRequest, signal: AbortSignal): AsyncIterable<RunnerEvent>;
}
