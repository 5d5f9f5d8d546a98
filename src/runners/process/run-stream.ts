/**
 * Turns a run into a stream of events that starts when it is first read.
 * Invariants: it never throws and always ends with `finished`; a reader that stops early (`break` in a `for await`) ends
 * the run like an abort, and waits for its end.
 */
import { reasonOf } from '../../contract/failure.ts';
import type { RunnerEvent, RunRequest } from '../runner.ts';
import { createEventChannel } from './event-channel.ts';
import { type FinishedEvent, notStarted, type ProcessRun } from './process-run.ts';
import { createRunStop } from './run-stop.ts';

/** Characters of output that may wait for a slow reader; beyond it the run itself waits. */
const CAPACITY = 256 * 1024;

/** How a run is stopped: the signal, and the time between SIGTERM and SIGKILL in milliseconds. */
export interface StreamLimits {
  readonly signal: AbortSignal;
  readonly grace_ms: number;
}

/** The stream of a run. `execute` sends its events into the channel and resolves to the last one. */
export function streamRun(
  request: RunRequest,
  { signal, grace_ms }: StreamLimits,
  execute: (run: ProcessRun) => Promise<FinishedEvent>,
): AsyncIterable<RunnerEvent> {
  return { [Symbol.asyncIterator]: () => startOnFirstRead({ request, signal, grace_ms, execute }) };
}

interface StreamedRun extends StreamLimits {
  readonly request: RunRequest;
  readonly execute: (run: ProcessRun) => Promise<FinishedEvent>;
}

function startOnFirstRead({ request, signal, grace_ms, execute }: StreamedRun): AsyncIterator<RunnerEvent> {
  const channel = createEventChannel<RunnerEvent>(CAPACITY);
  const stop = createRunStop();
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    const cancel = (): void => stop.request({ outcome: 'cancelled', refusal: null });
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    try {
      await channel.send(await execute({ request, stop, channel, grace_ms }), 0);
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
