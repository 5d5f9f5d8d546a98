/**
 * Adds a task. The fields are those of `work.add`; what is left empty is left to the swarm.
 */
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useCommand } from '../data/command.ts';
import { TextArea, TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { taskFromForm } from './task-from-form.ts';

/** The form, open. */
export function TaskForm({ onClose }: { readonly onClose: () => void }): ReactNode {
  const navigate = useNavigate();
  const [issue, setIssue] = useState<string | null>(null);
  const add = useCommand('work.add', { doing: () => 'add the task', done: ({ task_id }) => `Added ${task_id}.` });
  const submit = (form: FormData): void => {
    const task = taskFromForm(form);
    if ('issue' in task) {
      setIssue(task.issue);
      return;
    }
    setIssue(null);
    add.mutate(task.input, {
      onSuccess: ({ task_id }) => {
        onClose();
        void navigate({ to: '/tasks/$taskId', params: { taskId: task_id } });
      },
    });
  };
  return (
    <FormDialog title="New task" does="Add task" disabled={add.isPending} issue={issue} onSubmit={submit} onClose={onClose}>
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField className="sm:col-span-2" label="Title" name="title" required maxLength={2000} autoFocus />
        <TextField
          className="sm:col-span-2"
          label="Command"
          name="run"
          placeholder="npm test"
          hint="Run by a script worker. Or leave it empty and say below what an agent is to do."
        />
        <TextArea className="sm:col-span-2" label="Instructions" name="spec" rows={3} />
        <TextField label="Type" name="type" defaultValue="task" required hint="Ids and estimates go by it." />
        <TextField label="Capability it needs" name="required_capability" placeholder="any session" />
        <TextField label="Priority" name="priority" type="number" min={1} max={10} placeholder="computed" hint="10 is the most urgent." />
        <TextField label="Estimated hours" name="estimated_hours" type="number" min={0} step="any" placeholder="learned" />
        <TextField className="sm:col-span-2" label="After these tasks" name="dependencies" placeholder="build-001, build-002" />
      </div>
    </FormDialog>
  );
}
