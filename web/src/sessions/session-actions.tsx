/**
 * What people can do to a session: send it a message, end it.
 */
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import type { SessionView } from '../../../src/contract/views/session-view.ts';
import { useCommand } from '../data/command.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextArea, TextField } from '../ui/fields.tsx';
import { formText } from '../ui/form-text.ts';

/** The buttons. */
export function SessionActions({ session }: { readonly session: SessionView }): ReactNode {
  const [open, setOpen] = useState<'message' | 'end' | null>(null);
  const refusal = useRefusal('message.send');
  const member = session.deregistered_at === null;
  return (
    <>
      <Button look="primary" disabled={refusal !== null || !member} title={refusal ?? undefined} onClick={() => setOpen('message')}>
        Send message
      </Button>
      <Button look="danger" disabled={refusal !== null || !member} title={refusal ?? undefined} onClick={() => setOpen('end')}>
        End session
      </Button>
      {open === 'message' && <MessageDialog to={session.id} onClose={() => setOpen(null)} />}
      {open === 'end' && <EndDialog session={session} onClose={() => setOpen(null)} />}
    </>
  );
}

function MessageDialog({ to, onClose }: { readonly to: string; readonly onClose: () => void }): ReactNode {
  const send = useCommand('message.send', { doing: () => `send ${to} a message`, done: () => `Sent to ${to}.` });
  return (
    <Dialog open onClose={onClose} title={`Message to ${to}`} description="It stays in its mailbox until the session reads it.">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const [subject, body] = [formText(form, 'subject'), formText(form, 'body')];
          send.mutate({ to, body, ...(subject === '' ? {} : { subject }) }, { onSuccess: onClose });
        }}
      >
        <TextField label="Subject" name="subject" maxLength={200} />
        <TextArea label="Message" name="body" rows={4} required />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={send.isPending}>
            Send
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function EndDialog({ session, onClose }: { readonly session: SessionView; readonly onClose: () => void }): ReactNode {
  const end = useCommand('session.deregister', {
    doing: () => `end ${session.id}`,
    done: ({ released }) => `Ended ${session.id}; ${released.length} tasks went back to the queue.`,
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`End ${session.id}?`}
      description={`Its leases end and ${session.tasks.length === 0 ? 'nothing' : session.tasks.join(', ')} goes back to the queue at once. Its process is told at its next call.`}
    >
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" disabled={end.isPending} onClick={() => end.mutate({ session_id: session.id }, { onSuccess: onClose })}>
          End session
        </Button>
      </div>
    </Dialog>
  );
}
