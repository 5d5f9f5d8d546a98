/**
 * The runner `script`: runs the command of a task's `spec.run` in the task's folder.
 * Invariant: the stream never throws and always ends with `finished`, and by then no process of the run is left,
 * or `evidence.survivors` names those that are.
 *
 * A reader that stops early (`break` in a `for await`) ends the run like an abort.
 */
import { reasonOf } from '../../contract/failure.ts';
import type { Runner, RunnerEvent, RunRequest } from '../runner.ts';
import { createEventChannel } from './event-channel.ts';
import { createRunStop } from './run-stop.ts';
import { executeScript, notStarted } from './script-run.ts';

/** Settings of the script runner. */
export interface ScriptRunnerOptions {
  /** Time between SIGTERM and SIGKILL, in milliseconds; 5,000 by default. */
  readonly grace_ms?: number;
}

/** Characters of output that may wait for a slow reader; beyond it the command itself waits. */
const CAPACITY = 256 * 1024;

/** Makes the script runner. */
export function createScriptRunner(options: ScriptRunnerOptions = {}): Runner {
  const grace_ms = options.grace_ms ?? 5_000;
  return {
    name: 'script',
    run: (request, signal) => ({ [Symbol.asyncIterator]: () => startOnFirstRead(request, signal, grace_ms) }),
  };
}

function startOnFirstRead(request: RunRequest, signal: AbortSignal, grace_ms: number): AsyncIterator<RunnerEvent> {
  const channel = createEventChannel<RunnerEvent>(CAPACITY);
  const stop = createRunStop();
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    const cancel = (): void => stop.request({ outcome: 'cancelled', refusal: null });
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    try {
      await channel.send(await executeScript({ request, stop, channel, grace_ms }), 0);
    } catch (error) {
      await channel.send(notStarted(request, { refused: 'internal', params: { reason: reasonOf(error) } }), 0);
    } finally {
      signal.removeEventListener('abort', cancel);
      channel.close();
    }
  };

  return {
    async next() {
      running ??= run();
      const event = await channel.receive();
      return event === null ? { done: true, value: undefined } : { done: false, value: event };
    },
    async return() {
      channel.abandon();
      stop.request({ outcome: 'cancelled', refusal: null });
      await running;
      return { done: true, value: undefined };
    },
  };
}
