/**
 * Session: still to come.
 */
import type { ReactNode } from 'react';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panels.tsx';

/** Session. */
export function SessionPage(): ReactNode {
  return (
    <Page title="Session">
      <Empty title="This page is still to come" />
    </Page>
  );
}
