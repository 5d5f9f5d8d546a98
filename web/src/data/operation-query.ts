/**
 * How a page asks: one hook per kind of question, with the operation's own types. A moment of the past (`at`) goes along with
 * every question that can be asked about one.
 */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { CallInput } from '../../../src/client/client.ts';
import type { Failure } from '../../../src/contract/failure.ts';
import type { OutputOf, QueryName } from '../../../src/contract/operations.ts';
import { client } from './connection.ts';
import { useMoment } from './moment.ts';

/** The key of a question in the cache: operation, moment (null: now), input. */
export type QuestionKey = readonly ['operation', QueryName, number | null, Readonly<Record<string, unknown>>];

/** How a question is asked. */
export interface QuestionOptions {
  /** false: not yet. */
  readonly enabled?: boolean;
  /** Keep showing the last answer while another one is on its way. */
  readonly keep?: boolean;
  /** true: about now, also while the page shows the past. */
  readonly now?: boolean;
}

/** Asks an operation and follows its answer: the feed has it asked again when something it is about has happened. */
export function useOperation<N extends QueryName>(
  operation: N,
  input: CallInput<N>,
  { enabled = true, keep = false, now = false }: QuestionOptions = {},
): UseQueryResult<OutputOf<N>, Failure> {
  const moment = useMoment();
  const at = now ? null : moment;
  return useQuery<OutputOf<N>, Failure>({
    queryKey: questionKey(operation, input, at),
    queryFn: ({ signal }) => client.call(operation, withMoment(input, at), { signal }),
    enabled,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  });
}

/** The key of a question. */
export function questionKey<N extends QueryName>(operation: N, input: CallInput<N>, at: number | null): QuestionKey {
  return ['operation', operation, at, input];
}

/** The input of a question about a moment. */
function withMoment<I>(input: I, at: number | null): I {
  return at === null ? input : { ...input, at };
}
