/**
 * Sessions: who is in the team, grouped by what matters to a person: needs input, working, idle, offline.
 */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { SessionView } from '../../../src/contract/views/session-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
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
          <Button look="primary" onClick={() => setLaunching(true)}>
            Launch session
          </Button>
        </>
      }
    >
      <Answer query={sessions} what="the sessions">
        {({ sessions: all }) => <Groups sessions={all} words={q ?? ''} onLaunch={() => setLaunching(true)} />}
      </Answer>
      {launching && <LaunchDialog onClose={() => setLaunching(false)} />}
    </Page>
  );
}

function Groups({
  sessions,
  words,
  onLaunch,
}: {
  readonly sessions: readonly SessionView[];
  readonly words: string;
  readonly onLaunch: () => void;
}): ReactNode {
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
            <SessionTable sessions={inside} label={title} />
          </Section>
        ),
      )}
      <LockTable />
    </div>
  );
}
