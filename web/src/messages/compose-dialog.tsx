/**
 * Writes a message to a session, or into a channel.
 */
import type { ReactNode } from 'react';
import { useCommand } from '../data/command.ts';
import { Choice, TextArea, TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { formNumber, formText } from '../ui/form-text.ts';

/** The channel that everybody hears. */
const EVERYBODY = '#all';

/** What the form is given. */
interface ComposeProps {
  /** Who may be written to, `#all` for everybody; when there is one only, it is not asked. */
  readonly recipients: readonly string[];
  readonly onClose: () => void;
}

/** The form, open. */
export function ComposeDialog({ recipients, onClose }: ComposeProps): ReactNode {
  const send = useCommand('message.send', {
    doing: () => 'send the message',
    done: ({ recipients: reached }) => `Sent to ${reached === 1 ? 'one mailbox' : `${reached} mailboxes`}.`,
  });
  const [first = EVERYBODY] = recipients;
  const only = recipients.length === 1;
  const submit = (form: FormData): void => {
    const [subject, priority] = [formText(form, 'subject'), formNumber(form, 'priority')];
    const to = only ? first : formText(form, 'to');
    const letter = {
      body: formText(form, 'body'),
      ...(subject === '' ? {} : { subject }),
      ...(priority === null ? {} : { priority }),
    };
    send.mutate(to === EVERYBODY ? { channel: 'all', ...letter } : { to, ...letter }, { onSuccess: onClose });
  };
  return (
    <FormDialog
      title={only ? `Message to ${first}` : 'New message'}
      description="It stays in the mailbox until it is read."
      does="Send"
      disabled={send.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      {!only && (
        <Choice label="To" name="to" options={recipients.map((name) => [name, name === EVERYBODY ? 'everybody' : name] as const)} />
      )}
      <TextField label="Subject" name="subject" maxLength={200} />
      <TextArea label="Message" name="body" rows={5} required />
      <TextField label="Priority" name="priority" type="number" min={1} max={10} placeholder="5" />
    </FormDialog>
  );
}
