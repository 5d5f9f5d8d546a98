/**
 * The facts of a task at its side, and why it does not run.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { TaskView } from '../../../src/contract/views/task-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { SpendText } from '../ui/spend-text.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { MergeState } from './task-verdict.tsx';
import { evidenceOf } from './work-evidence.ts';
import { SessionLink } from '../ui/subject-link.tsx';

/** The facts. */
export function TaskFacts({ task }: { readonly task: TaskView }): ReactNode {
  return (
    <div className="flex flex-col gap-3">
      <WhyHere task={task} />
      <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1.5 rounded border bg-surface p-3 [&_dt]:text-muted">
        <dt>Status</dt>
        <dd>
          <StateMark state={task.status} />
        </dd>
        <dt>Progress</dt>
        <dd className="nums">{Math.round(task.progress * 100)} %</dd>
        <dt>Session</dt>
        <dd className="min-w-0">{task.assigned_to === null ? '–' : <SessionLink id={task.assigned_to} />}</dd>
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
        <Work task={task} />
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

/** What its newest result says: where the work is, what its checks said, whether it is merged. */
function Work({ task }: { readonly task: TaskView }): ReactNode {
  const { branch, commit, command, exit_code, insertions, deletions, merged_into, conflicting_files } = evidenceOf(task);
  return (
    <>
      {branch !== null && (
        <>
          <dt>Branch</dt>
          <dd className="flex min-w-0 items-center gap-1">
            <Foreign text={branch} className="min-w-0 truncate font-mono text-12" />
            <CopyButton text={branch} what="the branch" />
          </dd>
        </>
      )}
      {insertions !== null && deletions !== null && (
        <>
          <dt>Changed</dt>
          <dd className="nums">
            <span className="text-idle">+{insertions}</span> <span className="text-offline">−{deletions}</span>
          </dd>
        </>
      )}
      {exit_code !== null && (
        <>
          <dt>Checks</dt>
          <dd className="min-w-0">
            <span className={exit_code === 0 ? 'text-idle' : 'text-offline'}>
              {exit_code === 0 ? '✓' : '✕'} exit {exit_code}
            </span>
            {command !== null && <Foreign text={command} className="block truncate font-mono text-12 text-muted" />}
          </dd>
        </>
      )}
      {(merged_into !== null || commit !== null || conflicting_files.length > 0) && (
        <>
          <dt>Merged</dt>
          <dd className="min-w-0">
            {conflicting_files.length > 0 ? (
              <span className="text-offline">
                ✕ conflicts in <Foreign text={conflicting_files.join(', ')} />
              </span>
            ) : merged_into === null ? (
              <MergeState taskId={task.id} />
            ) : (
              <span>
                ✓ into <Foreign text={merged_into} className="font-mono text-12" />
              </span>
            )}
          </dd>
        </>
      )}
    </>
  );
}

/** Why it is where it is, in a sentence; the tab Why has the numbers. */
function WhyHere({ task }: { readonly task: TaskView }): ReactNode {
  const why = useOperation('explain.task', { task_id: task.id }, { keep: true });
  const text = task.waiting?.text ?? why.data?.assignment?.text ?? why.data?.text;
  if (text === undefined) return null;
  const title = task.waiting === null ? 'Why here' : 'Why it does not run';
  return (
    <section aria-label={title} className="rounded border border-control bg-surface p-3">
      <h3 className="mb-1 text-12 font-semibold text-muted uppercase">{title}</h3>
      <p>
        <Foreign text={text} />
      </p>
      {task.waiting_for_person.map((id) => (
        <Link key={id} to="/inbox" search={{ item: id }} className="mr-2 text-link underline">
          Answer {id}
        </Link>
      ))}
    </section>
  );
}
