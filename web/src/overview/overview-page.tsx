/**
 * Overview: what needs a person, how the team is, what runs now, what happened last.
 */
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import { useOperation } from '../data/operation-query.ts';
import { useNeedsYou } from '../inbox/needs-you.ts';
import type { StatusView } from '../../../src/contract/views/status-view.ts';
import { Button } from '../ui/button.tsx';
import { Answer } from '../ui/panels.tsx';
import { Page, Section } from '../ui/page.tsx';
import { FirstSteps } from './first-steps.tsx';
import { NeedsYouList } from './needs-you-list.tsx';
import { NowList } from './now-list.tsx';
import { OutlookStrip } from './outlook-strip.tsx';
import { RecentEvents } from './recent-events.tsx';
import { StatusStrip } from './status-strip.tsx';

const LaunchDialog = lazy(() => import('../sessions/launch-dialog.tsx').then((module) => ({ default: module.LaunchDialog })));
const TaskForm = lazy(() => import('../board/task-form.tsx').then((module) => ({ default: module.TaskForm })));

/** Work that waits for a review, as far as it is counted. */
const UNREVIEWED_AT_MOST = 99;

/** The overview. */
export function OverviewPage(): ReactNode {
  const status = useOperation('swarm.status', {});
  const [adding, setAdding] = useState(false);
  const [starting, setStarting] = useState(false);
  const refusal = useRefusal('work.add');
  return (
    <Page
      title="Overview"
      actions={
        <>
          <Button disabled={refusal !== null} title={refusal ?? 'Add a task (N)'} onClick={() => setAdding(true)}>
            New task
          </Button>
          <Button look="primary" onClick={() => setStarting(true)}>
            Start team
          </Button>
        </>
      }
    >
      <Answer query={status} what="the status of the swarm">
        {(data) =>
          data.tasks.total === 0 && data.sessions.total === 0 ? (
            <FirstSteps onAdd={() => setAdding(true)} refusal={refusal} />
          ) : (
            <Glance status={data} />
          )
        }
      </Answer>
      {adding && (
        <Suspense fallback={null}>
          <TaskForm onClose={() => setAdding(false)} />
        </Suspense>
      )}
      {starting && (
        <Suspense fallback={null}>
          <LaunchDialog team onClose={() => setStarting(false)} />
        </Suspense>
      )}
    </Page>
  );
}

function Glance({ status }: { readonly status: StatusView }): ReactNode {
  const waiting = useNeedsYou();
  const unreviewed = useOperation('board.list', { unreviewed: true, limit: UNREVIEWED_AT_MOST }, { keep: true });
  const reviews = unreviewed.data?.tasks ?? [];
  return (
    <>
      <StatusStrip status={status} />
      <OutlookStrip />
      <div className="grid min-w-0 gap-3 lg:grid-cols-2">
        <Section
          title={`Needs you (${waiting.length + reviews.length + (status.archive_missing === undefined ? 0 : 1)})`}
          aside={
            <Link to="/inbox" className="text-link hover:underline">
              Inbox
            </Link>
          }
        >
          <NeedsYouList items={waiting.slice(0, 5)} reviews={reviews} archiveMissing={status.archive_missing} />
        </Section>
        <Section
          title="Now"
          aside={
            <Link to="/sessions" className="text-link hover:underline">
              Sessions
            </Link>
          }
        >
          <NowList sessions={status.sessions.list} />
        </Section>
      </div>
      <Section
        title="Recent events"
        aside={
          <Link to="/timeline" className="text-link hover:underline">
            Timeline
          </Link>
        }
      >
        <RecentEvents />
      </Section>
    </>
  );
}
