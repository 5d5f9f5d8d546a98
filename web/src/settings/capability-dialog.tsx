/**
 * Defines a capability, or defines it anew.
 */
import type { ReactNode } from 'react';
import type { CapabilityView } from '../../../src/contract/views/capability-view.ts';
import { useCommand } from '../data/command.ts';
import { TextArea, TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { formNumber, formText } from '../ui/form-text.ts';

/** What the dialog is given. */
interface CapabilityDialogProps {
  /** As it is defined now; null: it is not. */
  readonly known: CapabilityView | null;
  /** Its name; empty: to be chosen. */
  readonly name: string;
  readonly onClose: () => void;
}

/** The form, open. */
export function CapabilityDialog({ known, name, onClose }: CapabilityDialogProps): ReactNode {
  const define = useCommand('capability.define', {
    doing: ({ capability }) => `define ${capability}`,
    done: ({ capability }) => `${capability.name} is defined.`,
  });
  const submit = (form: FormData): void => {
    const skills = formText(form, 'skills')
      .split(',')
      .map((skill) => skill.trim())
      .filter((skill) => skill !== '');
    const multiplier = formNumber(form, 'time_multiplier');
    define.mutate(
      {
        capability: formText(form, 'capability'),
        description: formText(form, 'description'),
        skills,
        ...(multiplier === null ? {} : { time_multiplier: multiplier }),
        ...(known === null ? {} : { detection: known.detection }),
      },
      { onSuccess: onClose },
    );
  };
  return (
    <FormDialog
      title={known === null ? 'Define a capability' : `Change ${known.name}`}
      description="Sessions register with it, tasks ask for it."
      does="Define"
      disabled={define.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField label="Name" name="capability" required maxLength={64} defaultValue={name} readOnly={known !== null} />
      <TextArea label="What it means" name="description" rows={3} required maxLength={2000} defaultValue={known?.description} />
      <TextField label="Skills, separated by commas" name="skills" defaultValue={known?.skills.join(', ')} />
      <TextField
        label="What estimates are multiplied by"
        name="time_multiplier"
        type="number"
        min={0.01}
        max={100}
        step="any"
        placeholder="1"
        defaultValue={known?.time_multiplier}
      />
    </FormDialog>
  );
}
