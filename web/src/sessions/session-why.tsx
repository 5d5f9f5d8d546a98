/**
 * Why a session gets no task, or why it holds those it has.
 */
import type { ReactNode } from 'react';
import { useOperation } from '../data/operation-query.ts';
import { Assignment } from '../task/task-why.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/panels.tsx';

/** The explanation. */
export function SessionWhy({ sessionId }: { readonly sessionId: string }): ReactNode {
  const why = useOperation('explain.session', { session_id: sessionId });
  return (
    <Section title="Why">
      <div className="flex flex-col gap-3 p-3">
        <Answer query={why} what="the explanation" rows={2}>
          {({ text, reasons, assignments }) => (
            <>
              <p>
                <Foreign text={text} />
              </p>
              {reasons.map((reason) => (
                <p key={reason.code + reason.text}>
                  <Foreign text={reason.text} /> <Foreign text={reason.unblock} className="text-muted" />
                </p>
              ))}
              {assignments.map((assignment) => (
                <Assignment key={assignment.lease} assignment={assignment} />
              ))}
            </>
          )}
        </Answer>
      </div>
    </Section>
  );
}
