/**
 * A task that has failed for good: why, and the ways on.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import { useCommand } from '../data/command.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Foreign, ForeignBlock } from '../ui/foreign.tsx';
import { Answer } from '../ui/panels.tsx';
import { Origin } from './item-parts.tsx';

/** The task. */
export function FailedTask({ taskId, onDone }: { readonly taskId: string; readonly onDone: () => void }): ReactNode {
  const shown = useOperation('task.show', { task_id: taskId });
  const refusal = useRefusal('task.retry');
  const retry = useCommand('task.retry', { doing: () => `retry ${taskId}`, done: () => `${taskId} runs again.` });
  return (
    <Answer query={shown} what={taskId}>
      {({ task }) => (
        <div className="flex flex-col gap-3">
          <p className="text-12 text-muted uppercase">failed task</p>
          <h2 className="text-16 font-semibold">
            <Foreign text={task.title} />
          </h2>
          <Origin from={task.assigned_to ?? 'nobody'} taskId={task.id} time={task.completed_at ?? task.created_at}>
            <span>
              attempt {task.attempt} of {task.max_attempts}
            </span>
          </Origin>
          {task.failure !== null && (
            <p>
              Why: <Foreign text={task.failure.replaceAll('_', ' ')} />
            </p>
          )}
          {task.result !== null && <ForeignBlock label="Result" value={task.result} />}
          <div className="flex gap-2">
            <Button
              look="primary"
              disabled={refusal !== null || task.status !== 'failed'}
              title={refusal ?? undefined}
              onClick={() => retry.mutate({ task_id: taskId }, { onSuccess: onDone })}
            >
              Run it again
            </Button>
            <Link to="/tasks/$taskId" params={{ taskId }} className={buttonClass()}>
              Open the task
            </Link>
          </div>
        </div>
      )}
    </Answer>
  );
}
