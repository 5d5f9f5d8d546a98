/**
 * What a task left behind: its result, and that of each attempt before.
 */
import type { ReactNode } from 'react';
import type { HistoryEntry, TaskView } from '../../../src/contract/views/task-view.ts';
import { ForeignBlock } from '../ui/foreign.tsx';
import { Empty } from '../ui/panels.tsx';
import { TimeText } from '../ui/time-text.tsx';

/** The results, newest first. */
export function TaskEvidence({ task, history }: { readonly task: TaskView; readonly history: readonly HistoryEntry[] }): ReactNode {
  const results = history.filter(({ result }) => result !== null).toReversed();
  if (results.length === 0) {
    return (
      <Empty title={task.completed_at === null ? 'It has not ended yet' : 'It left no result'}>
        What its session reports at the end stands here: checks, exit codes, commits.
      </Empty>
    );
  }
  return (
    <ul className="flex flex-col gap-4">
      {results.map((entry) => (
        <li key={entry.seq}>
          <h3 className="mb-1 flex gap-2 text-12 text-muted">
            <span className="font-medium text-text">{entry.action}</span> by {entry.session_id ?? 'nobody'}{' '}
            <TimeText time={entry.timestamp} />
          </h3>
          {entry.result !== null && <ForeignBlock label={`Result of event ${entry.seq}`} value={entry.result} />}
        </li>
      ))}
    </ul>
  );
}
