/**
 * What people can do to a task: cancel it, with a reason; run it again.
 */
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import { useCommand } from '../data/command.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';
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
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Cancel ${taskId}?`}
        description="A running task loses its lease, and its session is told to stop. What is in its worktree stays."
      >
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            const reason = formText(new FormData(event.currentTarget), 'reason');
            cancel.mutate({ task_id: taskId, ...(reason === '' ? {} : { reason }) }, { onSuccess: () => setAsking(false) });
          }}
        >
          <TextField label="Reason, kept in its history" name="reason" maxLength={2000} autoFocus />
          <div className="flex justify-end gap-2">
            <Button onClick={() => setAsking(false)}>Keep it</Button>
            <Button look="danger" type="submit">
              Cancel task
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
