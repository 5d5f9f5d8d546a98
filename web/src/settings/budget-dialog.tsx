/**
 * Sets what the swarm, a session or a task may use.
 */
import { type ReactNode, useState } from 'react';
import type { BudgetView } from '../../../src/contract/views/budget-view.ts';
import { useCommand } from '../data/command.ts';
import { Choice, TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { formNumber, formText } from '../ui/form-text.ts';

const SCOPES = [
  ['swarm', 'the whole swarm'],
  ['session', 'a session'],
  ['task', 'a task'],
] as const;

/** The form, open; null: a new budget. */
export function BudgetDialog({ budget, onClose }: { readonly budget: BudgetView | null; readonly onClose: () => void }): ReactNode {
  const [scope, setScope] = useState<string>(budget?.scope ?? 'swarm');
  const [issue, setIssue] = useState<string | null>(null);
  const save = useCommand('budget.set', { doing: () => 'set the budget', done: () => 'The budget is set.' });
  const submit = (form: FormData): void => {
    const target = formText(form, 'target');
    const [cost_usd, tokens] = [formNumber(form, 'cost_usd'), formNumber(form, 'tokens')];
    if (cost_usd === null && tokens === null) return setIssue('Say how many dollars or how many tokens.');
    const whose = scope === 'task' ? { task_id: target } : scope === 'session' ? { session_id: target } : {};
    save.mutate({ ...whose, cost_usd, tokens }, { onSuccess: onClose });
  };
  return (
    <FormDialog
      title={budget === null ? 'Set a budget' : 'Change the budget'}
      description="What runs beyond it is stopped at once. It is checked with every report of usage."
      does="Set"
      disabled={save.isPending}
      issue={issue}
      onSubmit={submit}
      onClose={onClose}
    >
      <Choice label="Of" value={scope} disabled={budget !== null} options={SCOPES} onChange={(event) => setScope(event.target.value)} />
      {scope !== 'swarm' && (
        <TextField label={`Id of the ${scope}`} name="target" required readOnly={budget !== null} defaultValue={budget?.target} />
      )}
      <TextField
        label="US dollars"
        name="cost_usd"
        type="number"
        min={0}
        step="any"
        placeholder="no limit"
        defaultValue={budget?.cost_usd ?? ''}
      />
      <TextField label="Tokens" name="tokens" type="number" min={0} step={1} placeholder="no limit" defaultValue={budget?.tokens ?? ''} />
    </FormDialog>
  );
}
