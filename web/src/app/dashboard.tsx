/**
 * The dashboard of somebody the server knows: begins to follow the swarm, and shows the page of the address.
 */
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { PageSession } from '../../../src/contract/page-access.ts';
import { followFeed } from '../data/follow-feed.ts';
import { queryClient } from '../data/query-client.ts';
import { router } from './router.tsx';
import { PageSessionContext } from './swarm-access.ts';

followFeed();

/** The dashboard. */
export function Dashboard({ session }: { readonly session: PageSession }): ReactNode {
  return (
    <PageSessionContext value={session}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </PageSessionContext>
  );
}
