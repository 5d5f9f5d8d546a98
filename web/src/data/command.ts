/**
 * How a page changes something: the command goes out, what it will do is shown at once where that is asked for, and taken
 * back with the reason when the server refuses.
 */
import { useMutation, type UseMutationResult } from '@tanstack/react-query';
import type { CallInput } from '../../../src/client/client.ts';
import { Failure } from '../../../src/contract/failure.ts';
import type { CommandName, OutputOf } from '../../../src/contract/operations.ts';
import { say } from '../ui/notices.ts';
import { client } from './connection.ts';

/** How a command behaves. */
export interface CommandOptions<N extends CommandName> {
  /** What failed, after "Cannot": `cancel build-001`. */
  readonly doing: (input: CallInput<N>) => string;
  /** Shows the outcome before it is known; returns how to take it back. */
  readonly ahead?: (input: CallInput<N>) => () => void;
  /** What to say when it is done; null: nothing. */
  readonly done?: (output: OutputOf<N>, input: CallInput<N>) => string | null;
}

/** A command. A refusal is told as a notice, with its reason and what to do next. */
export function useCommand<N extends CommandName>(
  operation: N,
  { doing, ahead, done }: CommandOptions<N>,
): UseMutationResult<OutputOf<N>, Failure, CallInput<N>, () => void> {
  return useMutation<OutputOf<N>, Failure, CallInput<N>, () => void>({
    mutationFn: (input) => client.call(operation, input),
    onMutate: (input) => ahead?.(input) ?? (() => undefined),
    onSuccess: (output, input) => {
      const text = done?.(output, input) ?? null;
      if (text !== null) say({ tone: 'good', text });
    },
    onError: (failure, input, back) => {
      back?.();
      say({ tone: 'bad', text: `Cannot ${doing(input)}: ${failure.message}`, hint: hintOfFailure(failure) });
    },
  });
}

/** What to do about a failure. */
function hintOfFailure(failure: unknown): string | null {
  return failure instanceof Failure ? `${failure.hint} [${failure.code}]` : null;
}
