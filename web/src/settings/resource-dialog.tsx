/**
 * Sets a resource, and sets a limit.
 */
import { type ReactNode, useState } from 'react';
import type { LimitView, ResourceView } from '../../../src/contract/views/resource-view.ts';
import { useCommand } from '../data/command.ts';
import { Choice, TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { formNumber, formText } from '../ui/form-text.ts';

const SORTS = [
  ['amount', 'so many of it'],
  ['ports', 'a range of ports'],
] as const;

/** The form of a resource, open; null: a new one. */
export function ResourceDialog({ resource, onClose }: { readonly resource: ResourceView | null; readonly onClose: () => void }): ReactNode {
  const [sort, setSort] = useState<string>((resource?.ports ?? null) === null ? 'amount' : 'ports');
  const save = useCommand('resource.set', { doing: () => 'set the resource', done: (output) => `${output.resource.resource} is set.` });
  const submit = (form: FormData): void => {
    const description = formText(form, 'description');
    const common = { resource: formText(form, 'resource'), ...(description === '' ? {} : { description }) };
    const sized =
      sort === 'ports'
        ? { ...common, ports: { from: formNumber(form, 'from') ?? 0, to: formNumber(form, 'to') ?? 0 } }
        : { ...common, capacity: formNumber(form, 'capacity') ?? 0 };
    save.mutate(sized, { onSuccess: onClose });
  };
  return (
    <FormDialog
      title={resource === null ? 'Set a resource' : `Change ${resource.resource}`}
      description="Less than what is in use takes nothing away: nothing new starts until enough has come back."
      does="Set"
      disabled={save.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField label="Name" name="resource" required maxLength={64} defaultValue={resource?.resource} readOnly={resource !== null} />
      <TextField label="What it is" name="description" maxLength={2000} defaultValue={resource?.description} />
      <Choice label="It is" value={sort} disabled={resource !== null} options={SORTS} onChange={(event) => setSort(event.target.value)} />
      {sort === 'ports' ? (
        <div className="grid grid-cols-2 gap-3">
          <TextField label="From port" name="from" type="number" min={1} max={65_535} required defaultValue={resource?.ports?.from} />
          <TextField label="To port" name="to" type="number" min={1} max={65_535} required defaultValue={resource?.ports?.to} />
        </div>
      ) : (
        <TextField label="Capacity" name="capacity" type="number" min={0} step={1} required defaultValue={resource?.capacity} />
      )}
    </FormDialog>
  );
}

/** The form of a limit, open; null: a new one. */
export function LimitDialog({ limit, onClose }: { readonly limit: LimitView | null; readonly onClose: () => void }): ReactNode {
  const [issue, setIssue] = useState<string | null>(null);
  const save = useCommand('limit.set', { doing: ({ key }) => `limit ${key}`, done: (output) => `${output.limit.key} is limited.` });
  const submit = (form: FormData): void => {
    const [concurrency, count] = [formNumber(form, 'concurrency'), formNumber(form, 'count')];
    if (concurrency === null && count === null) return setIssue('Say how many run at the same time, or how many start.');
    const rate = count === null ? null : { count, per_seconds: formNumber(form, 'per_seconds') ?? 60 };
    save.mutate({ key: formText(form, 'key'), concurrency, rate }, { onSuccess: onClose });
  };
  return (
    <FormDialog
      title={limit === null ? 'Set a limit' : `Change the limit of ${limit.key}`}
      does="Set"
      disabled={save.isPending}
      issue={issue}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Key"
        name="key"
        required
        maxLength={128}
        placeholder="type:build"
        hint="One that tasks name, or type:, group: or capability: and a name."
        defaultValue={limit?.key}
        readOnly={limit !== null}
      />
      <TextField
        label="Tasks at the same time"
        name="concurrency"
        type="number"
        min={0}
        step={1}
        placeholder="any number"
        defaultValue={limit?.concurrency ?? ''}
      />
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Starts"
          name="count"
          type="number"
          min={1}
          step={1}
          placeholder="any number"
          defaultValue={limit?.rate?.count ?? ''}
        />
        <TextField
          label="In so many seconds"
          name="per_seconds"
          type="number"
          min={0.001}
          step="any"
          placeholder="60"
          defaultValue={limit?.rate?.per_seconds ?? ''}
        />
      </div>
    </FormDialog>
  );
}
