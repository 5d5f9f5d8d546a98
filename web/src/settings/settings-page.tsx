/**
 * Settings: what governs the swarm, part by part, and what this browser remembers. The part is in the address.
 */
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Page } from '../ui/page.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { AccessPanel } from './access-panel.tsx';
import { BrowserPanel } from './browser-panel.tsx';
import { BudgetsPanel } from './budgets-panel.tsx';
import { CapabilitiesPanel } from './capabilities-panel.tsx';
import { IntegrationsPanel } from './integrations-panel.tsx';
import { ResourcesPanel } from './resources-panel.tsx';
import { RulesPanel } from './rules-panel.tsx';
import { SchedulesPanel } from './schedules-panel.tsx';

const PARTS = [
  { value: 'rules', label: 'Rules', panel: <RulesPanel /> },
  { value: 'budgets', label: 'Budgets', panel: <BudgetsPanel /> },
  { value: 'schedules', label: 'Schedules', panel: <SchedulesPanel /> },
  { value: 'capabilities', label: 'Capabilities', panel: <CapabilitiesPanel /> },
  { value: 'resources', label: 'Resources', panel: <ResourcesPanel /> },
  { value: 'integrations', label: 'Integrations', panel: <IntegrationsPanel /> },
  { value: 'access', label: 'Tokens and privacy', panel: <AccessPanel /> },
  { value: 'browser', label: 'This browser', panel: <BrowserPanel /> },
];

/** The settings. */
export function SettingsPage(): ReactNode {
  const { tab } = useSearch({ from: '/settings' });
  const navigate = useNavigate({ from: '/settings' });
  return (
    <Page title="Settings">
      <Tabs
        label="Parts of the settings"
        value={PARTS.some(({ value }) => value === tab) ? (tab ?? 'rules') : 'rules'}
        onChange={(next) => void navigate({ search: { tab: next === 'rules' ? undefined : next }, replace: true })}
        tabs={PARTS}
      />
    </Page>
  );
}
