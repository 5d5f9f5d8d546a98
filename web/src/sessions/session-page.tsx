/**
 * A session: what it does, what it can, how it has done, what it is told, and its newest events.
 */
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { percent } from '../../../src/cli/output/words.ts';
import type { SessionView } from '../../../src/contract/views/session-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { buttonClass } from '../ui/button.tsx';
import { CopyMenu } from '../ui/copy-button.tsx';
import { EventRow } from '../ui/event-row.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { Icon } from '../ui/icons.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/panels.tsx';
import { SpendText } from '../ui/spend-text.tsx';
import { LiveTerminal } from '../terminal/live-terminal.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { LockTable } from './lock-table.tsx';
import { SessionActions } from './session-actions.tsx';
import { SessionState } from './session-state.tsx';
import { SessionWhy } from './session-why.tsx';
import { SessionWork } from './session-work.tsx';

/** The page of a session. */
export function SessionPage(): ReactNode {
  const { sessionId } = useParams({ from: '/sessions/$sessionId' });
  const shown = useOperation('session.show', { session_id: sessionId });
  return (
    <Page
      title={sessionId}
      note={<CopyMenu id={sessionId} path={`/sessions/${sessionId}`} command={`tutti session show ${sessionId}`} />}
      actions={<Actions session={shown.data?.session} />}
    >
      <Answer query={shown} what={`session ${sessionId}`} rows={10}>
        {({ session }) => (
          <div className="grid gap-3 lg:grid-cols-[1fr_300px]">
            <div className="order-2 flex min-w-0 flex-col gap-3 lg:order-1">
              <SessionWork session={session} />
              <LiveTerminal sessionId={session.id} />
              <SessionWhy sessionId={session.id} />
              <LockTable sessionId={session.id} />
              <SessionEvents sessionId={session.id} />
            </div>
            <aside aria-label="Facts" className="order-1 min-w-0 lg:order-2">
              <SessionFacts session={session} />
            </aside>
          </div>
        )}
      </Answer>
    </Page>
  );
}

function Actions({ session }: { readonly session: SessionView | undefined }): ReactNode {
  return (
    <>
      <Link to="/sessions" className={buttonClass('quiet')}>
        <Icon name="back" /> Sessions
      </Link>
      {session !== undefined && <SessionActions session={session} />}
    </>
  );
}

function SessionFacts({ session }: { readonly session: SessionView }): ReactNode {
  const { performance } = session;
  return (
    <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1.5 rounded border bg-surface p-3 [&_dt]:text-muted">
      <dt>Status</dt>
      <dd>
        <SessionState session={session} />
      </dd>
      <dt>Role</dt>
      <dd>{session.role === null ? '–' : <Foreign text={session.role} />}</dd>
      <dt>Runner</dt>
      <dd>{session.runner === null ? '–' : <Foreign text={session.runner} />}</dd>
      <dt>Host</dt>
      <dd>{session.host === null ? '–' : <Foreign text={session.host} />}</dd>
      <dt>Worktree</dt>
      <dd className="min-w-0">
        {session.user_context?.workspace_path === undefined ? '–' : <Foreign text={session.user_context.workspace_path} />}
      </dd>
      <dt>Account</dt>
      <dd>{session.account === null ? '–' : <Foreign text={session.account} />}</dd>
      <dt>Can</dt>
      <dd>
        <Foreign text={session.capabilities.join(', ') || '–'} />
      </dd>
      <dt>Good at</dt>
      <dd>
        <Foreign text={session.specialties.join(', ') || '–'} />
      </dd>
      <dt>Slots</dt>
      <dd className="nums">
        {session.tasks.length} of {session.max_concurrent_tasks} taken
      </dd>
      <dt>Heard of</dt>
      <dd>
        <TimeText time={session.last_heartbeat} />
      </dd>
      <dt>Registered</dt>
      <dd>
        <TimeText time={session.registered_at} />
      </dd>
      <dt>Spent</dt>
      <dd className="nums">
        <SpendText session_id={session.id} />
      </dd>
      <dt>Done</dt>
      <dd className="nums">{performance.tasks_completed}</dd>
      <dt>Failed</dt>
      <dd className="nums">{performance.tasks_failed}</dd>
      <dt>Success</dt>
      <dd className="nums">{percent(performance.success_rate)}</dd>
      <dt>Mean time</dt>
      <dd className="nums">{performance.avg_task_time === null ? '–' : `${performance.avg_task_time.toFixed(1)} min`}</dd>
      <dt>Score</dt>
      <dd className="nums">{performance.score.toFixed(2)}</dd>
    </dl>
  );
}

function SessionEvents({ sessionId }: { readonly sessionId: string }): ReactNode {
  // Registration and every task it was given carry its id.
  const events = useOperation('event.list', { session_id: sessionId, limit: 20 });
  return (
    <Section title="Newest events">
      <Answer query={events} what="its events">
        {({ events: newest }) =>
          newest.length === 0 ? (
            <Empty title="None in the newest part of the log" />
          ) : (
            <ol className="divide-y overflow-hidden">
              {newest.toReversed().map((event) => (
                <li key={event.seq}>
                  <EventRow event={event} />
                </li>
              ))}
            </ol>
          )
        }
      </Answer>
    </Section>
  );
}
