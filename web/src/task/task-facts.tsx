/**
 * The facts of a task at its side, and why it does not run.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { TaskView } from '../../../src/contract/views/task-view.ts';
import { Foreign } from '../ui/foreign.tsx';
import { SpendText } from '../ui/spend-text.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { TimeText } from '../ui/time-text.tsx';

/** The facts. */
export function TaskFacts({ task }: { readonly task: TaskView }): ReactNode {
  return (
    <div className="flex flex-col gap-3">
      <Waiting task={task} />
      <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1.5 rounded border bg-surface p-3 [&_dt]:text-muted">
        <dt>Status</dt>
        <dd>
          <StateMark state={task.status} />
        </dd>
        <dt>Progress</dt>
        <dd className="nums">{Math.round(task.progress * 100)} %</dd>
        <dt>Session</dt>
        <dd className="min-w-0">
          {task.assigned_to === null ? (
            '–'
          ) : (
            <Link to="/sessions/$sessionId" params={{ sessionId: task.assigned_to }} className="foreign text-link hover:underline">
              {task.assigned_to}
            </Link>
          )}
        </dd>
        <dt>Lease</dt>
        <dd className="nums">{task.lease ?? '–'}</dd>
        <dt>Attempt</dt>
        <dd className="nums">
          {task.attempt} of {task.max_attempts}
        </dd>
        <dt>Type</dt>
        <dd>
          <Foreign text={task.type} />
        </dd>
        <dt>Priority</dt>
        <dd className="nums">{task.priority}</dd>
        <dt>Needs</dt>
        <dd>{task.required_capability === null ? 'any session' : <Foreign text={task.required_capability} />}</dd>
        <dt>Estimate</dt>
        <dd className="nums">{task.estimated_hours === null ? '–' : `${task.estimated_hours} h`}</dd>
        <dt>Spent</dt>
        <dd className="nums">
          <SpendText task_id={task.id} />
        </dd>
        <dt>Added</dt>
        <dd>
          <TimeText time={task.created_at} />
        </dd>
        <dt>Given out</dt>
        <dd>
          <TimeText time={task.assigned_at} />
        </dd>
        <dt>Started</dt>
        <dd>
          <TimeText time={task.started_at} />
        </dd>
        <dt>Ended</dt>
        <dd>
          <TimeText time={task.completed_at} />
        </dd>
        {task.failure !== null && (
          <>
            <dt>Failure</dt>
            <dd>
              <Foreign text={task.failure.replaceAll('_', ' ')} />
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}

function Waiting({ task }: { readonly task: TaskView }): ReactNode {
  if (task.waiting === null) return null;
  return (
    <section aria-label="Why it does not run" className="rounded border border-control bg-surface p-3">
      <h3 className="mb-1 text-12 font-semibold text-muted uppercase">Why it does not run</h3>
      <p>
        <Foreign text={task.waiting.text} />
      </p>
      {task.waiting_for_person.map((id) => (
        <Link key={id} to="/inbox" search={{ item: id }} className="mr-2 text-link underline">
          Answer {id}
        </Link>
      ))}
    </section>
  );
}
