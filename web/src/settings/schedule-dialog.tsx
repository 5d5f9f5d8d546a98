/**
 * Adds a schedule. The fields are those of `schedule.add`; what is left empty is left to the swarm.
 */
import type { ReactNode } from 'react';
import { useCommand } from '../data/command.ts';
import { Choice, TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { formText } from '../ui/form-text.ts';

const OVERLAPS = [
  ['allow', 'add another beside it'],
  ['skip', 'add none'],
  ['queue', 'add one that waits for it'],
] as const;
const CATCH_UPS = [
  ['none', 'none of them'],
  ['last', 'the last'],
  ['all', 'all, at most 100'],
] as const;

/** The form, open. */
export function ScheduleDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const add = useCommand('schedule.add', {
    doing: ({ schedule_id }) => `add ${schedule_id}`,
    done: ({ schedule }) => `${schedule.schedule_id} is scheduled.`,
  });
  const submit = (form: FormData): void => {
    const [capability, run, zone] = ['required_capability', 'run', 'time_zone'].map((name) => formText(form, name));
    add.mutate(
      {
        schedule_id: formText(form, 'schedule_id'),
        cron: formText(form, 'cron'),
        task: {
          type: formText(form, 'type'),
          title: formText(form, 'title'),
          ...(run === '' ? {} : { spec: { run } }),
          ...(capability === '' ? {} : { required_capability: capability }),
        },
        overlap: chosen(OVERLAPS, formText(form, 'overlap')),
        catch_up: chosen(CATCH_UPS, formText(form, 'catch_up')),
        ...(zone === '' ? {} : { time_zone: zone }),
      },
      { onSuccess: onClose },
    );
  };
  return (
    <FormDialog title="Add a schedule" does="Add" disabled={add.isPending} onSubmit={submit} onClose={onClose}>
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField label="Id" name="schedule_id" required maxLength={64} placeholder="nightly-tests" autoFocus />
        <TextField label="Cron expression" name="cron" required placeholder="0 3 * * *" hint="Minute, hour, day, month, weekday." />
        <TextField className="sm:col-span-2" label="Title of the task" name="title" required maxLength={2000} />
        <TextField className="sm:col-span-2" label="Command" name="run" placeholder="npm test" />
        <TextField label="Type of the task" name="type" defaultValue="task" required />
        <TextField label="Capability it needs" name="required_capability" placeholder="any session" />
        <TextField label="Time zone" name="time_zone" placeholder="UTC" />
        <Choice label="While the last is not over" name="overlap" defaultValue="skip" options={OVERLAPS} />
        <Choice label="Times missed while the server was down" name="catch_up" defaultValue="last" options={CATCH_UPS} />
      </div>
    </FormDialog>
  );
}

function chosen<T extends string>(options: readonly (readonly [T, string])[], value: string): T {
  return (options.find(([each]) => each === value) ?? options[0])?.[0] as T;
}
