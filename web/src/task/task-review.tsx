/**
 * What a task waits for a person to decide: approve or reject where it stands, beside its changes and its evidence.
 */
import type { ReactNode } from 'react';
import type { TaskView } from '../../../src/contract/views/task-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { DecisionDetail } from '../inbox/decision-detail.tsx';
import { Section } from '../ui/page.tsx';

/** The open decisions; nothing while there are none. */
export function TaskReview({ task }: { readonly task: TaskView }): ReactNode {
  const open = useOperation('decision.list', { task_id: task.id, status: 'open', limit: 20 }, { keep: true });
  const decisions = open.data?.decisions ?? [];
  if (decisions.length === 0) return null;
  return (
    <Section title={`Waits for you (${decisions.length})`} className="shrink-0 border-busy">
      <ul className="divide-y">
        {decisions.map((decision, index) => (
          <li key={decision.decision_id} className="p-3">
            <DecisionDetail decision={decision} onDone={() => undefined} keys={index === 0} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
