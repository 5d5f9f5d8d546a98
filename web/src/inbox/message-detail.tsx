/**
 * A message to people: read it, answer it, put it away.
 */
import { type ReactNode, useState } from 'react';
import { useShortcuts } from '../app/shortcuts.ts';
import { useRefusal } from '../app/swarm-access.ts';
import type { MessageView } from '../../../src/contract/views/message-view.ts';
import { useCommand } from '../data/command.ts';
import { Button } from '../ui/button.tsx';
import { TextArea } from '../ui/fields.tsx';
import { Foreign, ForeignBlock } from '../ui/foreign.tsx';
import { Origin } from './item-parts.tsx';

/** The message. */
export function MessageDetail({ message, onDone }: { readonly message: MessageView; readonly onDone: () => void }): ReactNode {
  const [body, setBody] = useState('');
  const refusal = useRefusal('message.send');
  const read = useCommand('message.read', { doing: () => 'mark the message as read' });
  const send = useCommand('message.send', { doing: () => 'send the answer', done: () => 'Sent.' });
  const done = (): void => read.mutate({ message_ids: [message.message_id] }, { onSuccess: onDone });
  const open = message.status !== 'read';
  useShortcuts('Message', [{ keys: 'e', does: 'Mark as read', run: () => (open && refusal === null ? done() : undefined) }]);
  return (
    <div className="flex flex-col gap-3">
      <h2 className="text-16 font-semibold">
        <Foreign text={message.subject ?? `Message ${message.message_id}`} />
      </h2>
      <Origin from={message.from} taskId={null} time={message.sent_at}>
        {message.channel !== null && <span>in {message.channel}</span>}
        <span>priority {message.priority}</span>
      </Origin>
      <ForeignBlock label="Message" value={message.body} />
      <TextArea label={`Answer to ${message.from}`} value={body} rows={3} onChange={(event) => setBody(event.target.value)} />
      <div className="flex gap-2">
        <Button
          look="primary"
          disabled={refusal !== null || body === '' || message.from === 'people'}
          title={refusal ?? undefined}
          onClick={() =>
            send.mutate({ to: message.from, body, reply_to: message.message_id }, { onSuccess: () => (open ? done() : onDone()) })
          }
        >
          Send answer
        </Button>
        {open && (
          <Button disabled={refusal !== null} title={refusal ?? 'E'} onClick={done}>
            Mark as read
          </Button>
        )}
      </div>
    </div>
  );
}
