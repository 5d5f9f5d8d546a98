/**
 * What a session holds now, with what its tasks last said.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SessionView } from '../../../src/contract/views/session-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { Foreign } from '../ui/foreign.tsx';
import { Section } from '../ui/page.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { LastSaid } from './last-said.tsx';
import { TaskLink } from '../ui/subject-link.tsx';

/** The work. */
export function SessionWork({ session }: { readonly session: SessionView }): ReactNode {
  return (
    <Section title="Now">
      {session.tasks.length === 0 && <p className="px-3 py-3 text-muted">It holds no task.</p>}
      {session.tasks.map((id) => (
        <HeldTask key={id} taskId={id} />
      ))}
      {session.waiting_for_person.map((id) => (
        <Link key={id} to="/inbox" search={{ item: id }} className="border-t px-3 py-2 text-link underline">
          It waits for an answer to {id}
        </Link>
      ))}
    </Section>
  );
}

function HeldTask({ taskId }: { readonly taskId: string }): ReactNode {
  const { data } = useOperation('task.show', { task_id: taskId });
  return (
    <article className="flex flex-col gap-1 border-t px-3 py-2 first-of-type:border-t-0">
      <div className="flex items-center gap-3">
        <TaskLink id={taskId} className="shrink-0" />
        {data !== undefined && (
          <>
            <Foreign text={data.task.title} className="min-w-0 truncate" />
            <span className="ml-auto">
              <StateMark state={data.task.status} />
            </span>
            <span className="nums shrink-0 whitespace-nowrap">{Math.round(data.task.progress * 100)} %</span>
          </>
        )}
      </div>
      <LastSaid taskId={taskId} />
    </article>
  );
}
