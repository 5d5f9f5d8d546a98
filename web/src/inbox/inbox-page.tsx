/**
 * Inbox: still to come.
 */
import type { ReactNode } from 'react';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panels.tsx';

/** Inbox. */
export function InboxPage(): ReactNode {
  return (
    <Page title="Inbox">
      <Empty title="This page is still to come" />
    </Page>
  );
}
