/**
 * The protocol rules in force, how they became so, a change shown before it is made, and the way back.
 */
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../src/contract/settings.ts';
import { useOperation } from '../data/operation-query.ts';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/panels.tsx';
import { ChangeDialog } from './change-dialog.tsx';
import { RuleTable } from './rule-table.tsx';
import { SettingsHistory } from './settings-history.tsx';

/** The rules. */
export function RulesPanel(): ReactNode {
  const config = useOperation('config.get', {});
  const [draft, setDraft] = useState<Partial<Settings> | null>(null);
  const refusal = useRefusal('config.apply');
  return (
    <div className="grid gap-3 xl:grid-cols-[3fr_2fr]">
      <Section title="Rules of this swarm">
        {refusal !== null && <p className="border-b px-3 py-1.5 text-muted">{refusal}</p>}
        <Answer query={config} what="the rules" rows={12}>
          {({ settings }) => <RuleTable settings={settings} defaults={DEFAULT_SETTINGS} editable={refusal === null} onChange={setDraft} />}
        </Answer>
      </Section>
      <Section title="Changes" className="self-start">
        <SettingsHistory current={config.data?.settings} onRollback={setDraft} />
      </Section>
      {draft !== null && config.data !== undefined && (
        <ChangeDialog current={config.data.settings} draft={draft} onClose={() => setDraft(null)} />
      )}
    </div>
  );
}
