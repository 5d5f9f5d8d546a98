/**
 * Graph: still to come.
 */
import type { ReactNode } from 'react';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panels.tsx';

/** Graph. */
export function GraphPage(): ReactNode {
  return (
    <Page title="Graph">
      <Empty title="This page is still to come" />
    </Page>
  );
}
