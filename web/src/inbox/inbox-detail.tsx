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

/** What a detail is given. */
interface DetailProps {
  readonly id: string;
  readonly onDone: () => void;
}

/** The item. */
export function InboxDetail({ id, onDone }: DetailProps): ReactNode {
  return id.startsWith('task:') ? (
    <FailedTask taskId={id.slice('task:'.length)} onDone={onDone} />
  ) : (
    <InboxItemDetail id={id} onDone={onDone} />
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
