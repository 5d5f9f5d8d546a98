/**
 * The worker's line to its server: calls that wait for a lost server instead of failing.
 *
 *     up ── a call finds no server ──▶ lost ── any call is answered ──▶ up
 *
 * Invariant: a call settles with the server's answer, with its refusal, or because its caller ended it; every attempt
 * of a command carries the same command_id, so that a repeated one changes nothing twice.
 */
import type { CallInput, TuttiClient } from '../client/client.ts';
import { retryDelay, type RetryPolicy } from '../client/retry-policy.ts';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { OperationName, OutputOf } from '../contract/operations.ts';
import type { Clock, Random } from '../contract/ports.ts';
import { pause } from '../client/pause.ts';
import type { WorkerFact } from './worker-event.ts';

/** Pauses between attempts while the server is lost; half of each is jitter. */
const PATIENCE: RetryPolicy = { attempts: Number.POSITIVE_INFINITY, first_delay_ms: 200, longest_delay_ms: 10_000 };

/** What the line works with. */
export interface LinkPorts {
  readonly client: TuttiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: (fact: WorkerFact) => void;
}

/** The line to the server. */
export interface ServerLink {
  /** The last call found no server. */
  readonly isLost: boolean;
  /** Calls until there is an answer. Rejects with the server's refusal, or with `call_aborted` once the signal aborts. */
  call<N extends OperationName>(name: N, input: CallInput<N>, signal: AbortSignal): Promise<OutputOf<N>>;
}

/** Makes the line; it holds no connection of its own. */
export function createServerLink({ client, clock, random, tell }: LinkPorts): ServerLink {
  let lost_at: number | null = null;

  const lose = (failure: Failure): void => {
    if (lost_at !== null || failure.code === 'too_many_requests') return;
    lost_at = clock.now();
    tell({ kind: 'lost_server', reason: failure.message });
  };
  const find = (): void => {
    if (lost_at === null) return;
    const lost_ms = clock.now() - lost_at;
    lost_at = null;
    tell({ kind: 'back', lost_ms });
  };

  return {
    get isLost() {
      return lost_at !== null;
    },
    async call(name, input, signal) {
      const command = { command_id: random.id(), ...input };
      for (let failed = 1; ; failed += 1) {
        try {
          const answer = await client.call(name, command, { signal });
          find();
          return answer;
        } catch (error) {
          const failure = error instanceof Failure ? error : new Failure('internal', { reason: reasonOf(error) }, error);
          if (signal.aborted || failure.code === 'call_aborted') throw new Failure('call_aborted', { operation: name }, failure);
          if (!failure.retryable) {
            find();
            throw failure;
          }
          lose(failure);
          await pause(clock, retryDelay(PATIENCE, failed, random.next(), failure), signal);
        }
      }
    },
  };
}
