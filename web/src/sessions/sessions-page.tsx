/**
 * Sessions: still to come.
 */
import type { ReactNode } from 'react';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panels.tsx';

/** Sessions. */
export function SessionsPage(): ReactNode {
  return (
    <Page title="Sessions">
      <Empty title="This page is still to come" />
    </Page>
  );
}
