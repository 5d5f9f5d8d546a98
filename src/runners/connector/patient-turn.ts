/**
 * One turn of a model, tried again while that can help: after what the provider itself asks for, else after ever longer
 * pauses, half of each random. Invariant: it waits at most `longest_wait_ms`; what would take longer is a limit.
 */
import type { RunnerEvent } from '../runner.ts';
import { problemOf } from './model-problem.ts';
import type { ModelConversation, ModelProblem, ModelTurn } from './model-provider.ts';

/** How often and how long is waited. */
export interface RetryRules {
  readonly attempts: number;
  /** First pause in ms without a hint; doubled each time. */
  readonly pause_ms: number;
  readonly longest_wait_ms: number;
  /** Time that one request may take, in ms. */
  readonly request_ms: number;
}

/** The rules when none are given. */
export const RETRY_RULES: RetryRules = { attempts: 5, pause_ms: 1_000, longest_wait_ms: 60_000, request_ms: 600_000 };

/** A turn, or why there is none. */
export type TurnOutcome = { readonly turn: ModelTurn } | { readonly problem: ModelProblem };

/** What a turn is taken with. */
export interface TurnPorts {
  readonly rules: RetryRules;
  readonly signal: AbortSignal;
  readonly onText: (text: string) => void;
  readonly send: (event: RunnerEvent) => Promise<void>;
}

/** Takes a turn. Never rejects. */
export async function takeTurn(conversation: ModelConversation, ports: TurnPorts): Promise<TurnOutcome> {
  const { rules, signal, onText, send } = ports;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(rules.request_ms)]);
      return { turn: await conversation.next(limit, onText) };
    } catch (error) {
      const problem = problemOf(error, Date.now());
      const wait = problem.wait_ms ?? rules.pause_ms * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
      if (problem.limit !== null) {
        const reset_at = problem.wait_ms === null ? null : Date.now() + problem.wait_ms;
        await send({ kind: 'limited', limit: problem.limit, reset_at, message: problem.message });
      }
      if (signal.aborted || !problem.retryable || attempt >= rules.attempts || wait > rules.longest_wait_ms) return { problem };
      await pauseFor(wait, signal);
    }
  }
}

function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
