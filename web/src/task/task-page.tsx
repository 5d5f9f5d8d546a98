/**
 * A task: what it is, how it goes, why it is where it is, what it left behind, and what hangs on it.
 */
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { useShortcuts } from '../app/shortcuts.ts';
import type { OutputOf } from '../../../src/contract/operations.ts';
import type { TaskView } from '../../../src/contract/views/task-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { useTaskBook } from '../data/task-book.ts';
import { buttonClass } from '../ui/button.tsx';
import { CopyMenu } from '../ui/copy-button.tsx';
import { Foreign, ForeignBlock } from '../ui/foreign.tsx';
import { Icon } from '../ui/icons.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Empty, Skeleton } from '../ui/panels.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { TaskActions } from './task-actions.tsx';
import { TaskDependencies } from './task-dependencies.tsx';
import { TaskEvidence } from './task-evidence.tsx';
import { TaskFacts } from './task-facts.tsx';
import { TaskHistory } from './task-history.tsx';
import { TaskReview } from './task-review.tsx';
import { TaskVerdict } from './task-verdict.tsx';
import { TaskWhy } from './task-why.tsx';
import { evidenceOf } from './work-evidence.ts';

const LiveTerminal = lazy(() => import('../terminal/live-terminal.tsx').then((module) => ({ default: module.LiveTerminal })));
const TaskDiff = lazy(() => import('./task-diff.tsx').then((module) => ({ default: module.TaskDiff })));

/** The page of a task. */
export function TaskPage(): ReactNode {
  const { taskId } = useParams({ from: '/tasks/$taskId' });
  const shown = useOperation('task.show', { task_id: taskId });
  if (shown.data !== undefined) return <ShownTask data={shown.data} />;
  return (
    <Page title={taskId}>
      <Answer query={shown} what={`task ${taskId}`} rows={10}>
        {() => null}
      </Answer>
    </Page>
  );
}

function ShownTask({ data: { task, history } }: { readonly data: OutputOf<'task.show'> }): ReactNode {
  const { tab } = useSearch({ from: '/tasks/$taskId' });
  const navigate = useNavigate({ from: '/tasks/$taskId' });
  return (
    <Page
      title={task.id}
      note={<CopyMenu id={task.id} path={`/tasks/${task.id}`} command={`tutti task show ${task.id}`} />}
      actions={<HeadActions task={task} />}
    >
      <h2 className="text-20 font-semibold">
        <Foreign text={task.title} />
      </h2>
      <TaskReview task={task} />
      <div className="grid min-h-0 flex-1 gap-4 lg:grid-cols-[1fr_300px]">
        <div className="order-2 flex min-h-0 min-w-0 flex-col lg:order-1">
          <Tabs
            label="About the task"
            value={tab ?? (evidenceOf(task).commit === null ? 'history' : 'diff')}
            onChange={(next) => void navigate({ search: { tab: next }, replace: true })}
            tabs={[
              {
                value: 'diff',
                label: 'Changes',
                panel: (
                  <Suspense fallback={<Skeleton label="Loading the changes" />}>
                    <TaskDiff taskId={task.id} />
                  </Suspense>
                ),
              },
              { value: 'terminal', label: 'Terminal', panel: <TaskTerminal task={task} /> },
              { value: 'history', label: `Events (${history.length})`, panel: <TaskHistory history={history} /> },
              { value: 'evidence', label: 'Evidence', panel: <TaskEvidence task={task} history={history} /> },
              { value: 'dependencies', label: `Dependencies (${task.dependencies.length})`, panel: <TaskDependencies task={task} /> },
              { value: 'why', label: 'Why', panel: <TaskWhy taskId={task.id} /> },
              {
                value: 'spec',
                label: 'Instructions',
                panel:
                  task.spec === '' ? (
                    <p className="text-muted">None were given.</p>
                  ) : (
                    <ForeignBlock label="Instructions" value={task.spec} />
                  ),
              },
            ]}
          />
        </div>
        <aside aria-label="Facts" className="order-1 min-w-0 lg:order-2 lg:overflow-auto">
          <TaskFacts task={task} />
        </aside>
      </div>
    </Page>
  );
}

/** The terminal of the session that has it. */
function TaskTerminal({ task: { assigned_to, status } }: { readonly task: TaskView }): ReactNode {
  if (assigned_to === null || (status !== 'assigned' && status !== 'in_progress')) {
    return <Empty title="No session works on it now">While one does, its terminal is here.</Empty>;
  }
  return (
    <Suspense fallback={<Skeleton label="Loading the terminal" />}>
      <LiveTerminal sessionId={assigned_to} />
    </Suspense>
  );
}

function HeadActions({ task }: { readonly task: TaskView }): ReactNode {
  const { id: taskId, status } = task;
  const { previous, next } = useNeighbours(taskId);
  const navigate = useNavigate();
  const go = (id: string | null): void => {
    if (id !== null) void navigate({ to: '/tasks/$taskId', params: { taskId: id } });
  };
  useShortcuts('Task', [
    { keys: 'j', does: 'Next task', run: () => go(next) },
    { keys: 'k', does: 'Previous task', run: () => go(previous) },
    { keys: 'u', does: 'Back to the board', run: () => void navigate({ to: '/board' }) },
  ]);
  return (
    <>
      <Link to="/board" className={buttonClass('quiet')}>
        <Icon name="back" /> Board
      </Link>
      <Neighbour id={previous} label="Previous" />
      <Neighbour id={next} label="Next" />
      <TaskActions taskId={taskId} status={status} />
      <TaskVerdict task={task} />
    </>
  );
}

function Neighbour({ id, label }: { readonly id: string | null; readonly label: string }): ReactNode {
  if (id === null) {
    return (
      <button type="button" disabled className={buttonClass('quiet')}>
        {label}
      </button>
    );
  }
  return (
    <Link to="/tasks/$taskId" params={{ taskId: id }} title={id} className={buttonClass('quiet')}>
      {label}
    </Link>
  );
}

/** The tasks before and after, in the order they were added. */
function useNeighbours(taskId: string): { readonly previous: string | null; readonly next: string | null } {
  const { data } = useTaskBook();
  const ids = [...(data?.keys() ?? [])];
  const at = ids.indexOf(taskId);
  return at < 0 ? { previous: null, next: null } : { previous: ids[at - 1] ?? null, next: ids[at + 1] ?? null };
}
