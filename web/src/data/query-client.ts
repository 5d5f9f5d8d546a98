/**
 * The cache of everything the server said. What the feed keeps fresh is never fetched again by a clock.
 */
import { QueryClient } from '@tanstack/react-query';
import { Failure } from '../../../src/contract/failure.ts';

/** The cache. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 300_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
      retry: (count, error) => error instanceof Failure && error.retryable && count < 3,
    },
    mutations: { networkMode: 'always' },
  },
});
