/**
 * Knowledge: still to come.
 */
import type { ReactNode } from 'react';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panels.tsx';

/** Knowledge. */
export function KnowledgePage(): ReactNode {
  return (
    <Page title="Knowledge">
      <Empty title="This page is still to come" />
    </Page>
  );
}
