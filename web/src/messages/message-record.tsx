/**
 * A message whole, with who got it and who has read it.
 */
import type { ReactNode } from 'react';
import { useOperation } from '../data/operation-query.ts';
import { Foreign, ForeignBlock } from '../ui/foreign.tsx';
import { Answer } from '../ui/panels.tsx';
import { TimeText } from '../ui/time-text.tsx';

/** The message. */
export function MessageRecord({ messageId }: { readonly messageId: number }): ReactNode {
  const shown = useOperation('message.show', { message_id: messageId });
  return (
    <Answer query={shown} what={`message ${messageId}`}>
      {({ message }) => (
        <div className="flex flex-col gap-3">
          <h2 className="text-16 font-semibold">
            <Foreign text={message.subject ?? `Message ${message.message_id}`} />
          </h2>
          <p className="flex flex-wrap gap-x-3 text-muted">
            <span>
              from <Foreign text={message.from} />
            </span>
            <span>
              to <Foreign text={message.to ?? `#${message.channel ?? ''}`} />
            </span>
            <span>priority {message.priority}</span>
            <TimeText time={message.sent_at} />
            {message.reply_to !== null && <span>answer to {message.reply_to}</span>}
          </p>
          <ForeignBlock label="Message" value={message.body} />
          <section aria-label="Receipts">
            <h3 className="mb-1 text-12 font-semibold text-muted uppercase">Receipts</h3>
            {message.receipts === null ? (
              <p className="text-muted">They have left memory; the log has them.</p>
            ) : (
              <ul className="divide-y rounded border">
                {message.receipts.map(({ mailbox, status, delivered_at, read_at }) => (
                  <li key={mailbox} className="flex gap-3 px-3 py-1">
                    <Foreign text={mailbox} />
                    <span>{status}</span>
                    <TimeText time={read_at ?? delivered_at} className="ml-auto text-muted" />
                  </li>
                ))}
              </ul>
            )}
          </section>
        </div>
      )}
    </Answer>
  );
}
