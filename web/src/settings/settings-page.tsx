/**
 * Settings: still to come.
 */
import type { ReactNode } from 'react';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panels.tsx';

/** Settings. */
export function SettingsPage(): ReactNode {
  return (
    <Page title="Settings">
      <Empty title="This page is still to come" />
    </Page>
  );
}
