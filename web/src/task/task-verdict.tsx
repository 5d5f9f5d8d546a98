/**
 * The verdict on a task's work: approve it, and a worker merges it; or have it changed, with all comments in one batch.
 */
import { Link } from '@tanstack/react-router';
import { type ReactNode, useDeferredValue, useState } from 'react';
import type { TaskView } from '../../../src/contract/views/task-view.ts';
import { useRefusal } from '../app/swarm-access.ts';
import { useCommand } from '../data/command.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { TextArea, TextField } from '../ui/fields.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { formText } from '../ui/form-text.ts';
import { useReviewDraft } from './review-draft.ts';
import { evidenceOf, repositoryOf } from './work-evidence.ts';

const BRANCH_KEY = 'tutti.merge-into';
const FIRST_BRANCH = 'approved';

/** The two buttons; nothing while there is no work to judge. */
export function TaskVerdict({ task }: { readonly task: TaskView }): ReactNode {
  const [open, setOpen] = useState<'approve' | 'change' | null>(null);
  const refusal = useRefusal('task.review');
  const { commit } = evidenceOf(task);
  const draft = useReviewDraft(task.id, commit);
  const held = task.status === 'assigned' || task.status === 'in_progress';
  if (!held && task.status !== 'completed' && task.status !== 'failed') return null;
  const shared = { disabled: refusal !== null, title: refusal ?? undefined };
  const count = draft.comments.length;
  return (
    <>
      <Button {...shared} onClick={() => setOpen('change')}>
        Request changes{count > 0 && ` (${count})`}
      </Button>
      {task.status === 'completed' && commit !== null && task.type !== 'merge' && (
        <Button look="primary" {...shared} onClick={() => setOpen('approve')}>
          Approve &amp; merge
        </Button>
      )}
      {open === 'approve' && <ApproveDialog task={task} onClose={() => setOpen(null)} />}
      {open === 'change' && <ChangeDialog task={task} held={held} onClose={() => setOpen(null)} />}
    </>
  );
}

function ApproveDialog({ task, onClose }: { readonly task: TaskView; readonly onClose: () => void }): ReactNode {
  const [into, setInto] = useState(() => localStorage.getItem(BRANCH_KEY) ?? FIRST_BRANCH);
  const named = useDeferredValue(into.trim());
  const diff = useOperation('task.diff', { task_id: task.id, into: named }, { enabled: named !== '', keep: true });
  const repository = repositoryOf(task);
  const approve = useCommand('task.review', {
    doing: () => `approve ${task.id}`,
    done: ({ follow_up }) => `Approved: ${follow_up ?? ''} merges it.`,
  });
  return (
    <FormDialog
      title={`Approve and merge ${task.id}?`}
      description="A task of its own merges the commit, under a lease like any other work. A conflict fails that task and changes nothing."
      does="Approve & merge"
      disabled={approve.isPending || into.trim() === ''}
      issue={approve.error?.message ?? null}
      onSubmit={(form) => {
        const branch = into.trim();
        const folder = formText(form, 'repository');
        localStorage.setItem(BRANCH_KEY, branch);
        approve.mutate(
          { task_id: task.id, verdict: 'approve', into: branch, ...(folder === '' ? {} : { repository: folder }) },
          { onSuccess: onClose },
        );
      }}
      onClose={onClose}
    >
      <TextField
        label="Into the branch"
        hint="It is made when it is missing. A branch that somebody has checked out is not moved."
        value={into}
        required
        maxLength={200}
        autoFocus
        onChange={(event) => setInto(event.target.value)}
      />
      {repository === null && (
        <TextField
          label="Folder of the repository, on the machine of the worker"
          name="repository"
          hint="The instructions of the task name none."
          required
          maxLength={4096}
        />
      )}
      <p role="status">
        {diff.isError ? (
          <Foreign text={diff.error.message} className="text-offline" />
        ) : (
          <Outlook missing={diff.data?.missing ?? null} merge={diff.data?.merge ?? null} />
        )}
      </p>
    </FormDialog>
  );
}

interface OutlookProps {
  readonly missing: string | null;
  readonly merge: {
    readonly into: string;
    readonly merged: boolean;
    readonly checked_out: boolean;
    readonly conflicting_files: readonly string[];
  } | null;
}

function Outlook({ missing, merge }: OutlookProps): ReactNode {
  if (missing !== null) return <span className="text-muted">This server cannot see the commit: conflicts show when it is merged.</span>;
  if (merge === null) return <span className="text-muted">Looking for conflicts…</span>;
  if (merge.merged) return <span>✓ {merge.into} has this work already.</span>;
  if (merge.checked_out) return <span className="text-busy">▲ {merge.into} is checked out: choose another branch.</span>;
  if (merge.conflicting_files.length === 0) return <span className="text-idle">✓ It merges without a conflict.</span>;
  return (
    <span className="text-offline">
      ✕ Conflicts in <Foreign text={merge.conflicting_files.join(', ')} />
    </span>
  );
}

function ChangeDialog({
  task,
  held,
  onClose,
}: {
  readonly task: TaskView;
  readonly held: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const draft = useReviewDraft(task.id, evidenceOf(task).commit);
  const count = draft.comments.length;
  const review = useCommand('task.review', {
    doing: () => `request changes of ${task.id}`,
    done: ({ follow_up }) => (follow_up === null ? `Sent to ${task.assigned_to ?? 'its session'}.` : `${follow_up} goes on with it.`),
  });
  return (
    <FormDialog
      title={`Request changes of ${task.id}?`}
      description={
        held
          ? `${task.assigned_to ?? 'Its session'} works on it and gets everything as one message.`
          : 'A new task begins where this work ended, with everything that is said here.'
      }
      does="Request changes"
      disabled={review.isPending}
      issue={review.error?.message ?? null}
      onSubmit={(form) => {
        const summary = formText(form, 'summary');
        const comments = draft.comments.map((each) => ({ ...each }));
        review.mutate(
          {
            task_id: task.id,
            verdict: 'request_changes',
            ...(summary === '' ? {} : { summary }),
            ...(count === 0 ? {} : { comments }),
          },
          {
            onSuccess: () => {
              draft.clearComments();
              onClose();
            },
          },
        );
      }}
      onClose={onClose}
    >
      <TextArea label="What matters most" name="summary" rows={3} maxLength={4000} required={count === 0} autoFocus />
      {count === 0 ? (
        <p className="text-muted">Lines can be commented in the changes: all comments go along in one batch.</p>
      ) : (
        <ul aria-label="Comments that go along" className="max-h-60 divide-y overflow-auto rounded border">
          {draft.comments.map(({ path, line, side, text }) => (
            <li key={`${path}:${line}:${side}`} className="px-2 py-1">
              <Foreign text={`${path}:${line}${side === 'before' ? ' (before)' : ''}`} className="font-mono text-12 text-muted" />
              <p className="whitespace-pre-wrap">{text}</p>
            </li>
          ))}
        </ul>
      )}
    </FormDialog>
  );
}

/** Where the merge of a task stands; nothing before it was approved. */
export function MergeState({ taskId }: { readonly taskId: string }): ReactNode {
  const merge = useOperation('board.list', { ids: [`${taskId.slice(0, 120)}-merge`] }, { keep: true });
  const [card] = merge.data?.tasks ?? [];
  if (card === undefined) return '–';
  const words = { completed: '✓ merged', failed: '✕ did not merge', cancelled: 'taken back' };
  return (
    <Link to="/tasks/$taskId" params={{ taskId: card.id }} className="text-link hover:underline">
      {words[card.status as keyof typeof words] ?? 'approved, to be merged'}
    </Link>
  );
}
