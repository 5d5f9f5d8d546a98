/**
 * What was decided: kept for ever, with who, when and why. Nothing here can be changed.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useOperation } from '../data/operation-query.ts';
import { Foreign } from '../ui/foreign.tsx';
import { Section } from '../ui/page.tsx';
import { TimeText } from '../ui/time-text.tsx';

const SHOWN = 20;

/** The newest answers; nothing while there are none. */
export function AnsweredDecisions(): ReactNode {
  const { data } = useOperation('decision.list', { status: 'answered', limit: SHOWN });
  if (data === undefined || data.decisions.length === 0) return null;
  return (
    <Section title="Decided">
      <ul className="max-h-64 divide-y overflow-auto">
        {data.decisions.map((decision) => (
          <li key={decision.decision_id}>
            <Link to="/inbox" search={{ item: decision.decision_id }} className="flex flex-col px-3 py-1.5 hover:bg-raised">
              <Foreign text={decision.question} className="truncate" />
              <span className="flex gap-2 text-12 text-muted">
                <span aria-hidden="true" className="mark text-idle">
                  ✓
                </span>
                <Foreign text={decision.answer ?? ''} className="truncate text-text" />
                <Foreign text={`by ${decision.answered_by ?? decision.source ?? ''}`} className="truncate" />
                <TimeText time={decision.closed_at} className="ml-auto" />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
