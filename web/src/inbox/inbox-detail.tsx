/**
 * One item of the inbox, whole, whatever its kind.
 */
import type { ReactNode } from 'react';
import { useOperation } from '../data/operation-query.ts';
import { Answer } from '../ui/panels.tsx';
import { ColleagueDetail, SignalDetail } from './signal-detail.tsx';
import { DecisionDetail } from './decision-detail.tsx';
import { FailedTask } from './failed-task.tsx';
import { MessageDetail } from './message-detail.tsx';
import { SnoozeMenu } from './snooze-menu.tsx';

/** What a detail is given. */
interface DetailProps {
  readonly id: string;
  readonly onDone: () => void;
}

/** The item; `away` says whether it is put off, null that it is not in the inbox any more. */
export function InboxDetail({ id, away, onDone }: DetailProps & { readonly away: boolean | null }): ReactNode {
  return id.startsWith('task:') ? (
    <FailedTask taskId={id.slice('task:'.length)} onDone={onDone} />
  ) : (
    <div className="flex flex-col gap-3">
      <InboxItemDetail id={id} onDone={onDone} />
      {away !== null && (
        <div className="border-t pt-3">
          <SnoozeMenu id={id} away={away} onDone={onDone} />
        </div>
      )}
    </div>
  );
}

function InboxItemDetail({ id, onDone }: DetailProps): ReactNode {
  const item = useOperation('inbox.show', { item_id: id });
  return (
    <Answer query={item} what="the item">
      {({ decision, signal, request, message }) => {
        if (decision !== null) return <DecisionDetail decision={decision} onDone={onDone} />;
        if (signal !== null) return <SignalDetail signal={signal} onDone={onDone} />;
        if (request !== null) return <ColleagueDetail request={request} onDone={onDone} />;
        return message === null ? <p>It is gone.</p> : <MessageDetail message={message} onDone={onDone} />;
      }}
    </Answer>
  );
}
