/**
 * Messages: still to come.
 */
import type { ReactNode } from 'react';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panels.tsx';

/** Messages. */
export function MessagesPage(): ReactNode {
  return (
    <Page title="Messages">
      <Empty title="This page is still to come" />
    </Page>
  );
}
