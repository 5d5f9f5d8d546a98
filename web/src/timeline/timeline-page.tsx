/**
 * Timeline: still to come.
 */
import type { ReactNode } from 'react';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panels.tsx';

/** Timeline. */
export function TimelinePage(): ReactNode {
  return (
    <Page title="Timeline">
      <Empty title="This page is still to come" />
    </Page>
  );
}
