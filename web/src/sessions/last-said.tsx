/**
 * What the session that works on a task said last, and when.
 */
import type { ReactNode } from 'react';
import type { HistoryEntry } from '../../../src/contract/views/task-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { detailWords } from '../task/task-history.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { TimeText } from '../ui/time-text.tsx';

/** Parts of the time since it began, in which its reports are counted. */
const PARTS = 8;
const BARS = '▁▂▃▄▅▆▇█';

/** The line; nothing before it said anything. With `spark`, how often it has reported since it began. */
export function LastSaid({ taskId, spark = false }: { readonly taskId: string; readonly spark?: boolean }): ReactNode {
  const { data } = useOperation('task.show', { task_id: taskId });
  const said = data?.history.findLast(({ action }) => action === 'progressed');
  const details: unknown =
    typeof said?.details === 'object' && said.details !== null && 'details' in said.details ? said.details.details : null;
  if (said === undefined || details === null) return null;
  return (
    <span className="flex min-w-0 gap-2 font-mono text-12 text-muted">
      <TimeText time={said.timestamp} />
      <Foreign text={detailWords(details)} className="min-w-0 truncate" />
      {spark && data !== undefined && (
        <span aria-hidden="true" title="Its reports since it began" className="ml-auto shrink-0">
          {sparkOf(data.history)}
        </span>
      )}
    </span>
  );
}

function sparkOf(history: readonly HistoryEntry[]): string {
  const begun = Date.parse(history.findLast(({ action }) => action === 'assigned')?.timestamp ?? '');
  const times = history
    .flatMap(({ action, timestamp }) => (action === 'progressed' ? [Date.parse(timestamp)] : []))
    .filter((time) => time >= begun);
  const width = Math.max(1, ((times.at(-1) ?? begun) - begun) / PARTS);
  const counts = Array.from({ length: PARTS }, () => 0);
  for (const time of times) {
    const part = Math.min(PARTS - 1, Math.floor((time - begun) / width));
    counts[part] = (counts[part] ?? 0) + 1;
  }
  const most = Math.max(1, ...counts);
  return counts.map((count) => BARS[Math.round((count / most) * (BARS.length - 1))]).join('');
}
