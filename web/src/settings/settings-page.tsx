/**
 * Settings: the rules in force, how they became so, a change shown before it is made, and the way back; what leaves this machine.
 */
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import { setTheme, THEME_CHOICES, useThemeChoice } from '../app/theme.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../src/contract/settings.ts';
import { useOperation } from '../data/operation-query.ts';
import { Choice } from '../ui/fields.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Answer } from '../ui/panels.tsx';
import { setTimeMode, TIME_MODES, useTimeMode } from '../ui/time-mode.ts';
import { ChangeDialog } from './change-dialog.tsx';
import { RuleTable } from './rule-table.tsx';
import { SettingsHistory } from './settings-history.tsx';

/** The settings. */
export function SettingsPage(): ReactNode {
  const config = useOperation('config.get', {});
  const [draft, setDraft] = useState<Partial<Settings> | null>(null);
  const refusal = useRefusal('config.apply');
  return (
    <Page title="Settings">
      <div className="grid min-h-0 gap-3 md:overflow-auto xl:grid-cols-[3fr_2fr]">
        <Section title="Rules of this swarm">
          {refusal !== null && <p className="border-b px-3 py-1.5 text-muted">{refusal}</p>}
          <Answer query={config} what="the rules" rows={12}>
            {({ settings }) => (
              <RuleTable settings={settings} defaults={DEFAULT_SETTINGS} editable={refusal === null} onChange={setDraft} />
            )}
          </Answer>
        </Section>
        <div className="flex min-w-0 flex-col gap-3">
          <Section title="Changes">
            <SettingsHistory current={config.data?.settings} onRollback={setDraft} />
          </Section>
          <Section title="This browser">
            <BrowserChoices />
          </Section>
          <Section title="Privacy">
            <div className="flex flex-col gap-1 p-3">
              <p>Nothing leaves this machine: no telemetry, no third-party request, fonts and code come from this server.</p>
              <p className="text-muted">Agents that you start speak to their own providers; that is theirs, not this page&apos;s.</p>
            </div>
          </Section>
        </div>
      </div>
      {draft !== null && config.data !== undefined && (
        <ChangeDialog current={config.data.settings} draft={draft} onClose={() => setDraft(null)} />
      )}
    </Page>
  );
}

function BrowserChoices(): ReactNode {
  const theme = useThemeChoice();
  const time = useTimeMode();
  return (
    <div className="grid gap-3 p-3 sm:grid-cols-2">
      <Choice
        label="Theme"
        value={theme}
        options={THEME_CHOICES.map((each) => [each, each] as const)}
        onChange={(event) => setTheme(THEME_CHOICES.find((each) => each === event.target.value) ?? 'system')}
      />
      <Choice
        label="Times"
        value={time}
        options={TIME_MODES.map((each) => [each, each] as const)}
        onChange={(event) => setTimeMode(TIME_MODES.find((each) => each === event.target.value) ?? 'relative')}
      />
    </div>
  );
}
