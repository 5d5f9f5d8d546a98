/**
 * Writes a topic. An edit names the version it began from: when somebody was faster, it is refused and nothing is lost.
 */
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { OutputOf } from '../../../src/contract/operations.ts';
import { useCommand } from '../data/command.ts';
import { TextArea, TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { formText } from '../ui/form-text.ts';

/** What the form is given. */
interface KnowledgeFormProps {
  /** The version that is edited; left out: a topic that is not there yet. */
  readonly known?: OutputOf<'knowledge.get'>['knowledge'];
  readonly onClose: () => void;
}

/** The form, open. */
export function KnowledgeForm({ known: newest, onClose }: KnowledgeFormProps): ReactNode {
  // What the page shows may move on meanwhile; the edit does not.
  const [known] = useState(newest);
  const navigate = useNavigate();
  const put = useCommand('knowledge.put', {
    doing: ({ topic }) => `write ${topic}`,
    done: ({ topic, version }) => `Wrote ${topic}, version ${version}.`,
  });
  const submit = (form: FormData): void => {
    const [topic = '', content = '', tags = ''] = ['topic', 'content', 'tags'].map((name) => formText(form, name));
    put.mutate(
      {
        topic: known?.topic ?? topic,
        content,
        expected_version: known?.version ?? 0,
        tags: tags.split(/[\s,]+/).filter((tag) => tag !== ''),
      },
      {
        onSuccess: (output) => {
          onClose();
          void navigate({ to: '/knowledge', search: { topic: output.topic } });
        },
      },
    );
  };
  return (
    <FormDialog
      wide
      title={known === undefined ? 'Write a topic' : `Edit ${known.topic}`}
      does="Write"
      disabled={put.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      {known === undefined && <TextField label="Topic" name="topic" required placeholder="api/errors" maxLength={256} autoFocus />}
      <TextArea
        label="Content"
        name="content"
        rows={10}
        required
        defaultValue={known === undefined ? '' : typeof known.content === 'string' ? known.content : JSON.stringify(known.content, null, 2)}
      />
      <TextField label="Tags" name="tags" placeholder="api, errors" defaultValue={known?.tags.join(', ') ?? ''} />
    </FormDialog>
  );
}
