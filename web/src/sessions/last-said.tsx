/**
 * What the session that works on a task said last, and when.
 */
import type { ReactNode } from 'react';
import { useOperation } from '../data/operation-query.ts';
import { detailWords } from '../task/task-history.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { TimeText } from '../ui/time-text.tsx';

/** The line; nothing before it said anything. */
export function LastSaid({ taskId, className = '' }: { readonly taskId: string; readonly className?: string }): ReactNode {
  const { data } = useOperation('task.show', { task_id: taskId });
  const said = data?.history.findLast(({ action }) => action === 'progressed');
  const details: unknown =
    typeof said?.details === 'object' && said.details !== null && 'details' in said.details ? said.details.details : null;
  if (said === undefined || details === null) return null;
  return (
    <span className={`flex min-w-0 gap-2 font-mono text-12 text-muted ${className}`}>
      <TimeText time={said.timestamp} />
      <Foreign text={detailWords(details)} className="min-w-0 truncate" />
    </span>
  );
}
