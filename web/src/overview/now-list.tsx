/**
 * Who works on what right now.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SessionView } from '../../../src/contract/views/session-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { LastSaid } from '../sessions/last-said.tsx';
import { Button, buttonClass } from '../ui/button.tsx';
import { copyText } from '../ui/copy-button.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { TaskLink } from '../ui/subject-link.tsx';

const SHOWN = 8;

/** Busy sessions with their tasks. */
export function NowList({ sessions }: { readonly sessions: readonly SessionView[] }): ReactNode {
  const busy = sessions.filter(({ tasks }) => tasks.length > 0);
  const ids = busy.slice(0, SHOWN).flatMap(({ tasks }) => tasks.slice(0, 2));
  const cards = useOperation('board.list', { ids }, { enabled: ids.length > 0, keep: true });
  if (busy.length === 0) return <p className="px-3 py-4 text-muted">No session works on anything.</p>;
  return (
    <ul className="divide-y">
      {busy.slice(0, SHOWN).map((session) => (
        <li key={session.id} className="flex min-h-8 items-center gap-3 px-3 py-1">
          <span className="flex w-36 shrink-0 items-center gap-1.5 max-sm:w-28">
            <StateMark state={session.status} bare />
            <Link to="/sessions/$sessionId" params={{ sessionId: session.id }} className="foreign truncate hover:underline">
              {session.id}
            </Link>
          </span>
          <span className="flex min-w-0 flex-1 flex-col">
            {session.tasks.slice(0, 2).map((id) => {
              const card = cards.data?.tasks.find((task) => task.id === id);
              return (
                <span key={id} className="flex min-w-0 flex-col">
                  <span className="flex min-w-0 items-center gap-2">
                    <TaskLink id={id} className="shrink-0" />
                    <span className="min-w-0 flex-1 truncate text-muted">{card !== undefined && <Foreign text={card.title} />}</span>
                    {card !== undefined && <span className="nums text-muted">{Math.round(card.progress * 100)} %</span>}
                    <TimeText time={card?.started_at ?? card?.assigned_at ?? null} className="w-16 text-right text-muted" />
                  </span>
                  <LastSaid taskId={id} spark />
                </span>
              );
            })}
          </span>
          <span className="flex shrink-0 gap-1 max-sm:hidden">
            <Link
              to="/sessions/$sessionId"
              params={{ sessionId: session.id }}
              aria-label={`Peek at ${session.id}`}
              title="Its terminal, on its page"
              className={buttonClass('plain', 'h-6')}
            >
              Peek
            </Link>
            <Button
              className="h-6"
              aria-label={`Attach to ${session.id}`}
              title="Copies the command that attaches a terminal"
              onClick={() => void copyText(`tutti session attach ${session.id}`, 'the command that attaches')}
            >
              Attach
            </Button>
          </span>
        </li>
      ))}
      {busy.length > SHOWN && <li className="px-3 py-1 text-muted">and {busy.length - SHOWN} more</li>}
    </ul>
  );
}
