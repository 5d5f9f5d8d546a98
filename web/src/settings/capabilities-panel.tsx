/**
 * The capability registry: what sessions can do, what is used without being defined, what histories show.
 */
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import type { CapabilityView, DetectedCapability } from '../../../src/contract/views/capability-view.ts';
import { useCommand } from '../data/command.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/panels.tsx';
import { CapabilityDialog } from './capability-dialog.tsx';
import { RowButtons } from './row-buttons.tsx';

/** What is defined: one that is there, or a new one of this name. */
type Draft = CapabilityView | string;

/** The capabilities. */
export function CapabilitiesPanel(): ReactNode {
  const list = useOperation('capability.list', {});
  const [draft, setDraft] = useState<Draft | null>(null);
  const refusal = useRefusal('capability.define');
  return (
    <Answer query={list} what="the capabilities" rows={8}>
      {({ capabilities, undefined: unknown }) => (
        <div className="flex flex-col gap-3">
          <Suggestions />
          {unknown.length > 0 && (
            <Section title={`Used, but nobody defined them (${unknown.length})`}>
              <ul className="flex flex-wrap gap-2 p-3">
                {unknown.map((name) => (
                  <li key={name}>
                    <Button disabled={refusal !== null} title={refusal ?? undefined} onClick={() => setDraft(name)}>
                      Define <Foreign text={name} />
                    </Button>
                  </li>
                ))}
              </ul>
            </Section>
          )}
          <Section
            title={`Capabilities (${capabilities.length})`}
            aside={
              <Button look="primary" disabled={refusal !== null} title={refusal ?? undefined} onClick={() => setDraft('')}>
                Define a capability
              </Button>
            }
          >
            <CapabilityTable capabilities={capabilities} refusal={refusal} onChange={setDraft} />
          </Section>
          {draft !== null && (
            <CapabilityDialog
              known={typeof draft === 'string' ? null : draft}
              name={typeof draft === 'string' ? draft : draft.name}
              onClose={() => setDraft(null)}
            />
          )}
        </div>
      )}
    </Answer>
  );
}

interface TableProps {
  readonly capabilities: readonly CapabilityView[];
  readonly refusal: string | null;
  readonly onChange: (capability: CapabilityView) => void;
}

function CapabilityTable({ capabilities, refusal, onChange }: TableProps): ReactNode {
  const remove = useCommand('capability.remove', {
    doing: ({ capability }) => `remove ${capability}`,
    done: ({ capability, status }) => (status === 'removed' ? `${capability} is removed.` : `${capability} is as it came again.`),
  });
  return (
    <DataTable
      label="Capabilities"
      rows={capabilities}
      keyOf={({ name }) => name}
      columns={[
        { head: 'Capability', renderCell: ({ name }) => <Foreign text={name} className="font-medium" /> },
        { head: 'What it means', renderCell: ({ description }) => <Foreign text={description} className="text-muted" /> },
        { head: 'Sessions', number: true, renderCell: ({ sessions }) => sessions },
        { head: 'Time', number: true, renderCell: ({ time_multiplier }) => `× ${time_multiplier}` },
        { head: 'From', renderCell: ({ built_in, changed }) => (built_in ? (changed ? 'Tutti, changed here' : 'Tutti') : 'this swarm') },
        {
          head: 'Change',
          renderCell: (capability) => (
            <RowButtons
              what={capability.name}
              refusal={refusal}
              onChange={() => onChange(capability)}
              onRemove={capability.changed ? () => remove.mutate({ capability: capability.name }) : undefined}
              remove={capability.built_in ? 'As it came' : 'Remove'}
            />
          ),
        },
      ]}
    />
  );
}

/** What histories show and nobody registered; nothing while there is none. */
function Suggestions(): ReactNode {
  const { data } = useOperation('capability.detect', {});
  const refusal = useRefusal('capability.grant');
  const grant = useCommand('capability.grant', {
    doing: ({ capability, session_id }) => `give ${capability} to ${session_id}`,
    done: (_output, { capability, session_id }) => `${session_id} has ${capability}.`,
  });
  if (data === undefined || data.detected.length === 0) return null;
  return (
    <Section title={`What histories show (${data.detected.length})`}>
      <DataTable<DetectedCapability>
        label="What histories show"
        rows={data.detected}
        keyOf={({ session_id, capability }) => `${session_id} ${capability}`}
        columns={[
          { head: 'Session', renderCell: ({ session_id }) => <Foreign text={session_id} /> },
          { head: 'Can', renderCell: ({ capability }) => <Foreign text={capability} className="font-medium" /> },
          { head: 'Done / failed', number: true, renderCell: ({ completed, failed }) => `${completed} / ${failed}` },
          {
            head: 'Do',
            renderCell: ({ session_id, capability }) => (
              <Button
                disabled={refusal !== null || grant.isPending}
                title={refusal ?? undefined}
                onClick={() => grant.mutate({ session_id, capability })}
              >
                Give it
              </Button>
            ),
          },
        ]}
      />
    </Section>
  );
}
