/**
 * Writes a message to a session, or into a channel.
 */
import type { ReactNode } from 'react';
import { useCommand } from '../data/command.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Choice, TextArea, TextField } from '../ui/fields.tsx';
import { formText } from '../ui/form-text.ts';

/** The form, open. */
export function ComposeDialog({ sessions, onClose }: { readonly sessions: readonly string[]; readonly onClose: () => void }): ReactNode {
  const send = useCommand('message.send', {
    doing: () => 'send the message',
    done: ({ recipients }) => `Sent to ${recipients} mailboxes.`,
  });
  const submit = (form: FormData): void => {
    const [to = '', subject = '', body = '', priority = ''] = ['to', 'subject', 'body', 'priority'].map((name) => formText(form, name));
    const letter = { body, ...(subject === '' ? {} : { subject }), ...(priority === '' ? {} : { priority: Number(priority) }) };
    send.mutate(to === '#all' ? { channel: 'all', ...letter } : { to, ...letter }, { onSuccess: onClose });
  };
  return (
    <Dialog open onClose={onClose} title="New message">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit(new FormData(event.currentTarget));
        }}
      >
        <Choice label="To" name="to" options={[['#all', 'everybody'], ...sessions.map((name) => [name, name] as const)]} />
        <TextField label="Subject" name="subject" maxLength={200} />
        <TextArea label="Message" name="body" rows={5} required />
        <TextField label="Priority" name="priority" type="number" min={1} max={10} placeholder="5" />
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
