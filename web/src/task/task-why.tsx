/**
 * Why a task is where it is: what keeps it from running and what would change that, or why it runs where it does.
 */
import type { ReactNode } from 'react';
import type { CandidateView, ExplainedAssignment } from '../../../src/contract/views/explain-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { Foreign } from '../ui/foreign.tsx';
import { Answer } from '../ui/panels.tsx';
import { TermTable } from '../ui/term-table.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { SessionLink } from '../ui/subject-link.tsx';

/** The explanation. */
export function TaskWhy({ taskId }: { readonly taskId: string }): ReactNode {
  const why = useOperation('explain.task', { task_id: taskId });
  return (
    <Answer query={why} what="the explanation">
      {({ text, reasons, assignment, copying, order, candidates, more }) => (
        <div className="flex flex-col gap-4">
          <p className="text-14">
            <Foreign text={text} />
          </p>
          {copying !== null && (
            <section aria-label="Its speculative copy">
              <Foreign text={copying.text} />
              <p className="text-muted">
                <Foreign text={copying.unblock} />
              </p>
            </section>
          )}
          {reasons.length > 0 && (
            <section aria-label="What keeps it from running">
              <h3 className="mb-1 text-12 font-semibold text-muted uppercase">What keeps it from running</h3>
              <ol className="divide-y rounded border bg-surface">
                {reasons.map((reason) => (
                  <li key={reason.code + reason.text} className="px-3 py-2">
                    <Foreign text={reason.text} />
                    <p className="text-muted">
                      <Foreign text={reason.unblock} />
                    </p>
                  </li>
                ))}
              </ol>
            </section>
          )}
          {assignment !== null && <Assignment assignment={assignment} />}
          {Object.keys(order).length > 0 && <TermTable title="What orders it among the ready tasks" terms={order} />}
          {candidates.length > 0 && <Candidates candidates={candidates} more={more} />}
        </div>
      )}
    </Answer>
  );
}

/** Why a session holds a task: the numbers of that moment. */
export function Assignment({ assignment }: { readonly assignment: ExplainedAssignment }): ReactNode {
  return (
    <section aria-label="Why it runs where it does" className="flex flex-col gap-2">
      <h3 className="text-12 font-semibold text-muted uppercase">Why it runs where it does</h3>
      <p>
        <Foreign text={assignment.text} /> <TimeText time={assignment.assigned_at} className="text-muted" />
      </p>
      <div className={assignment.candidates.length === 0 ? 'hidden' : 'overflow-x-auto'}>
        <table aria-label="Candidates" className="w-full rounded border bg-surface text-left">
          <thead className="text-12 text-muted">
            <tr className="[&_th]:px-3 [&_th]:py-1 [&_th]:font-medium">
              <th>Candidate</th>
              <th>Its terms</th>
            </tr>
          </thead>
          <tbody>
            {assignment.candidates.map(({ session_id, terms }, index) => (
              <tr key={session_id} className="border-t [&_td]:px-3 [&_td]:py-1">
                <td className={index === 0 ? 'font-medium' : ''}>
                  <Foreign text={session_id} /> {index === 0 && <span className="text-12 text-muted">chosen</span>}
                </td>
                <td className="nums text-muted">
                  <Foreign text={termsText(terms)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {assignment.more > 0 && <p className="text-muted">and {assignment.more} more</p>}
    </section>
  );
}

function Candidates({ candidates, more }: { readonly candidates: readonly CandidateView[]; readonly more: number }): ReactNode {
  return (
    <section aria-label="Who could do it">
      <h3 className="mb-1 text-12 font-semibold text-muted uppercase">Who could do it</h3>
      <ul className="divide-y rounded border bg-surface">
        {candidates.map(({ session_id, obstacle, terms }) => (
          <li key={session_id} className="flex flex-wrap gap-x-3 px-3 py-1">
            <SessionLink id={session_id} />
            <span>{obstacle === null ? 'could get it now' : obstacle.replaceAll('_', ' ')}</span>
            <span className="nums text-muted">
              <Foreign text={termsText(terms)} />
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="text-muted">and {more} more</p>}
    </section>
  );
}

function termsText(terms: Readonly<Record<string, number>>): string {
  return Object.entries(terms)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${Number(value.toPrecision(4))}`)
    .join(' · ');
}
