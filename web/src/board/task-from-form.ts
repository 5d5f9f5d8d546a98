/**
 * Turns what was typed into the form of a task into the input of `work.add`.
 */
import type { CallInput } from '../../../src/client/client.ts';
import { formText } from '../ui/form-text.ts';

/** The input, or what is wrong with it. */
export type FormOutcome = { readonly input: CallInput<'work.add'> } | { readonly issue: string };

/** Reads the form. A command and instructions cannot both be given: a spec is one of them. */
export function taskFromForm(form: FormData): FormOutcome {
  const text = (name: string): string => formText(form, name);
  const run = text('run');
  const spec = text('spec');
  if (run !== '' && spec !== '') return { issue: 'Give a command or instructions, not both.' };
  const optional = {
    required_capability: text('required_capability') || null,
    priority: text('priority') === '' ? null : Number(text('priority')),
    estimated_hours: text('estimated_hours') === '' ? null : Number(text('estimated_hours')),
    dependencies: text('dependencies')
      .split(/[\s,]+/)
      .filter((id) => id !== ''),
  };
  const given = Object.entries(optional).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0));
  return {
    input: {
      title: text('title'),
      type: text('type') || 'task',
      ...(run === '' ? (spec === '' ? {} : { spec }) : { spec: { run } }),
      ...(Object.fromEntries(given) as object),
    },
  };
}
