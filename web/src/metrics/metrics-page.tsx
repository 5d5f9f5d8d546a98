/**
 * Metrics: still to come.
 */
import type { ReactNode } from 'react';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panels.tsx';

/** Metrics. */
export function MetricsPage(): ReactNode {
  return (
    <Page title="Metrics">
      <Empty title="This page is still to come" />
    </Page>
  );
}
