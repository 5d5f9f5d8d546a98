/**
 * What tasks share: resources and ports with who holds them, and limits per key.
 */
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import type { LimitView, ResourceView } from '../../../src/contract/views/resource-view.ts';
import { useCommand } from '../data/command.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { Section } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/panels.tsx';
import { LimitDialog, ResourceDialog } from './resource-dialog.tsx';
import { RowButtons } from './row-buttons.tsx';
import { TaskLink } from '../ui/subject-link.tsx';

/** Resources and limits. */
export function ResourcesPanel(): ReactNode {
  return (
    <div className="flex flex-col gap-3">
      <Resources />
      <Limits />
    </div>
  );
}

function Resources(): ReactNode {
  const list = useOperation('resource.list', { limit: 1000 });
  const [setting, setSetting] = useState<ResourceView | 'new' | null>(null);
  const refusal = useRefusal('resource.set');
  const remove = useCommand('resource.remove', {
    doing: ({ resource }) => `remove ${resource}`,
    done: ({ resource }) => `${resource} is removed.`,
  });
  return (
    <Answer query={list} what="the resources" rows={3}>
      {({ resources }) => (
        <Section
          title={`Resources (${resources.length})`}
          aside={
            <Button look="primary" disabled={refusal !== null} title={refusal ?? undefined} onClick={() => setSetting('new')}>
              Set a resource
            </Button>
          }
        >
          {resources.length === 0 ? (
            <Empty title="No resource is shared">
              <p>Tasks that ask for a resource, a GPU, a port or a licence, start when enough of it is free.</p>
            </Empty>
          ) : (
            <DataTable
              label="Resources"
              rows={resources}
              keyOf={({ resource }) => resource}
              columns={[
                { head: 'Resource', renderCell: ({ resource }) => <Foreign text={resource} className="font-medium" /> },
                { head: 'What it is', renderCell: ({ description, ports }) => <Meaning description={description} ports={ports} /> },
                {
                  head: 'In use',
                  number: true,
                  renderCell: ({ in_use, capacity, draining }) => (
                    <>
                      {in_use} of {capacity} {draining && <span className="text-busy">draining</span>}
                    </>
                  ),
                },
                { head: 'Held by', renderCell: ({ held_by }) => <Holders holders={held_by} /> },
                { head: 'Waiting', number: true, renderCell: ({ waiting }) => waiting },
                {
                  head: 'Change',
                  renderCell: (resource) => (
                    <RowButtons
                      what={resource.resource}
                      refusal={refusal}
                      onChange={() => setSetting(resource)}
                      onRemove={() => remove.mutate({ resource: resource.resource })}
                    />
                  ),
                },
              ]}
            />
          )}
          {setting !== null && <ResourceDialog resource={setting === 'new' ? null : setting} onClose={() => setSetting(null)} />}
        </Section>
      )}
    </Answer>
  );
}

function Meaning({ description, ports }: Pick<ResourceView, 'description' | 'ports'>): ReactNode {
  return (
    <span className="text-muted">
      <Foreign text={description} />
      {ports !== null && ` ports ${ports.from} to ${ports.to}`}
    </span>
  );
}

function Holders({ holders }: { readonly holders: ResourceView['held_by'] }): ReactNode {
  if (holders.length === 0) return <span className="text-muted">–</span>;
  return holders.map(({ task_id, amount, ports }) => (
    <span key={task_id} className="mr-2 inline-flex gap-1">
      <TaskLink id={task_id} />
      <span className="nums text-muted">{ports.length > 0 ? ports.join(', ') : `× ${amount}`}</span>
    </span>
  ));
}

function Limits(): ReactNode {
  const list = useOperation('limit.list', {});
  const [setting, setSetting] = useState<LimitView | 'new' | null>(null);
  const refusal = useRefusal('limit.set');
  const remove = useCommand('limit.remove', {
    doing: ({ key }) => `remove the limit of ${key}`,
    done: ({ key }) => `${key} is not limited any more.`,
  });
  return (
    <Answer query={list} what="the limits" rows={3}>
      {({ limits }) => (
        <Section
          title={`Limits (${limits.length})`}
          aside={
            <Button disabled={refusal !== null} title={refusal ?? undefined} onClick={() => setSetting('new')}>
              Set a limit
            </Button>
          }
        >
          {limits.length === 0 ? (
            <p className="px-3 py-4 text-muted">No key is limited: as many tasks run as there are slots.</p>
          ) : (
            <DataTable
              label="Limits"
              rows={limits}
              keyOf={({ key }) => key}
              columns={[
                { head: 'Key', renderCell: ({ key }) => <Foreign text={key} className="font-medium" /> },
                {
                  head: 'At the same time',
                  number: true,
                  renderCell: ({ concurrency, running }) => `${running} of ${concurrency ?? 'any number'}`,
                },
                {
                  head: 'Starts',
                  renderCell: ({ rate, tokens }) =>
                    rate === null ? (
                      <span className="text-muted">any number</span>
                    ) : (
                      `${rate.count} in ${rate.per_seconds} s; ${Math.floor(tokens ?? 0)} now`
                    ),
                },
                { head: 'Waiting', number: true, renderCell: ({ waiting }) => waiting },
                { head: 'From', renderCell: ({ configured }) => (configured ? 'this swarm' : 'tasks that name it') },
                {
                  head: 'Change',
                  renderCell: (limit) => (
                    <RowButtons
                      what={limit.key}
                      refusal={refusal}
                      onChange={() => setSetting(limit)}
                      onRemove={limit.configured ? () => remove.mutate({ key: limit.key }) : undefined}
                    />
                  ),
                },
              ]}
            />
          )}
          {setting !== null && <LimitDialog limit={setting === 'new' ? null : setting} onClose={() => setSetting(null)} />}
        </Section>
      )}
    </Answer>
  );
}
