/**
 * Sessions: who is in the team, grouped by what matters to a person: needs input, working, idle, offline.
 */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import type { UsageView } from '../../../src/contract/views/budget-view.ts';
import type { SessionView } from '../../../src/contract/views/session-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { type ExportedCell, ExportMenu } from '../ui/export-rows.tsx';
import { TextField } from '../ui/fields.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/panels.tsx';
import { LaunchDialog } from './launch-dialog.tsx';
import { LockTable } from './lock-table.tsx';
import { SessionTable } from './session-table.tsx';
import { groupsOf } from './session-groups.ts';

/** The sessions. */
export function SessionsPage(): ReactNode {
  const { q } = useSearch({ from: '/sessions' });
  const navigate = useNavigate({ from: '/sessions' });
  const [launching, setLaunching] = useState(false);
  const sessions = useOperation('session.list', { limit: 1000 });
  const usage = useUsageBySession();
  const shown = groupsOf(sessions.data?.sessions ?? [], q ?? '').flatMap((group) => group.sessions);
  return (
    <Page
      title="Sessions"
      note={sessions.data !== undefined && <span className="nums">{sessions.data.sessions.length}</span>}
      actions={
        <>
          <TextField
            label="Filter by id, capability or role"
            quiet
            type="search"
            placeholder="Filter by id, capability, role"
            className="w-56"
            value={q ?? ''}
            onChange={(event) => void navigate({ search: { q: event.target.value || undefined }, replace: true })}
          />
          <ExportMenu name="sessions" rows={shown} columns={exportedWith(usage)} />
          <Button look="primary" onClick={() => setLaunching(true)}>
            Launch session
          </Button>
        </>
      }
    >
      <Answer query={sessions} what="the sessions">
        {({ sessions: all }) => <Groups sessions={all} words={q ?? ''} usage={usage} onLaunch={() => setLaunching(true)} />}
      </Answer>
      {launching && <LaunchDialog onClose={() => setLaunching(false)} />}
    </Page>
  );
}

/** What each session has used. */
function useUsageBySession(): ReadonlyMap<string, UsageView> {
  const { data } = useOperation('usage.list', { by: 'session', limit: 1000 });
  return useMemo(() => new Map(data?.usage.map(({ name, usage }) => [name, usage] as const)), [data]);
}

function exportedWith(usage: ReadonlyMap<string, UsageView>): Readonly<Record<string, (session: SessionView) => ExportedCell>> {
  return {
    id: ({ id }) => id,
    status: ({ status }) => status,
    role: ({ role }) => role,
    tasks: ({ tasks }) => tasks.join(' '),
    capabilities: ({ capabilities }) => capabilities.join(' '),
    host: ({ host }) => host,
    last_heartbeat: ({ last_heartbeat }) => last_heartbeat,
    cost_usd: ({ id }) => usage.get(id)?.cost_usd,
    tokens: ({ id }) => usage.get(id)?.tokens,
    completed: ({ performance }) => performance.tasks_completed,
    failed: ({ performance }) => performance.tasks_failed,
  };
}

interface GroupsProps {
  readonly sessions: readonly SessionView[];
  readonly words: string;
  readonly usage: ReadonlyMap<string, UsageView>;
  readonly onLaunch: () => void;
}

function Groups({ sessions, words, usage, onLaunch }: GroupsProps): ReactNode {
  const groups = groupsOf(sessions, words);
  if (sessions.length === 0) {
    return (
      <Empty title="Nobody is here yet">
        <p>A worker registers itself and takes what it can do.</p>
        <Button onClick={onLaunch}>How to start one</Button>
      </Empty>
    );
  }
  return (
    <div className="flex min-h-0 flex-col gap-3 md:overflow-auto">
      {groups.every(({ sessions: inside }) => inside.length === 0) && <Empty title="No session fits the filter" />}
      {groups.map(({ title, sessions: inside }) =>
        inside.length === 0 ? null : (
          <Section key={title} title={`${title} (${inside.length})`} className="shrink-0">
            <SessionTable sessions={inside} label={title} usage={usage} />
          </Section>
        ),
      )}
      <LockTable />
    </div>
  );
}
