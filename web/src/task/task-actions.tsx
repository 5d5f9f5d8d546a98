/**
 * What people can do to a task: cancel it, with a reason; run it again.
 */
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import { useCommand } from '../data/command.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { formText } from '../ui/form-text.ts';

/** The buttons. */
export function TaskActions({ taskId, status }: { readonly taskId: string; readonly status: string }): ReactNode {
  const [asking, setAsking] = useState(false);
  const refusal = useRefusal('task.cancel');
  const cancel = useCommand('task.cancel', { doing: () => `cancel ${taskId}`, done: () => `Cancelled ${taskId}.` });
  const retry = useCommand('task.retry', { doing: () => `retry ${taskId}`, done: () => `${taskId} runs again.` });
  const ended = status === 'failed' || status === 'cancelled';
  if (ended) {
    return (
      <Button
        look="primary"
        disabled={refusal !== null || retry.isPending}
        title={refusal ?? undefined}
        onClick={() => retry.mutate({ task_id: taskId })}
      >
        Run it again
      </Button>
    );
  }
  if (status === 'completed') return null;
  return (
    <>
      <Button look="danger" disabled={refusal !== null || cancel.isPending} title={refusal ?? undefined} onClick={() => setAsking(true)}>
        Cancel task
      </Button>
      {asking && (
        <FormDialog
          title={`Cancel ${taskId}?`}
          description="A running task loses its lease, and its session is told to stop. What is in its worktree stays."
          does="Cancel task"
          look="danger"
          leave="Keep it"
          disabled={cancel.isPending}
          onSubmit={(form) => {
            const reason = formText(form, 'reason');
            cancel.mutate({ task_id: taskId, ...(reason === '' ? {} : { reason }) }, { onSuccess: () => setAsking(false) });
          }}
          onClose={() => setAsking(false)}
        >
          <TextField label="Reason, kept in its history" name="reason" maxLength={2000} autoFocus />
        </FormDialog>
      )}
    </>
  );
}
