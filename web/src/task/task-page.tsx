/**
 * Task: still to come.
 */
import type { ReactNode } from 'react';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panels.tsx';

/** Task. */
export function TaskPage(): ReactNode {
  return (
    <Page title="Task">
      <Empty title="This page is still to come" />
    </Page>
  );
}
