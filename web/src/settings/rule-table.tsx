/**
 * The rules in force as a table, each with what it means and where it comes from; a changed one goes to the preview.
 */
import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { type Settings, settings as schema } from '../../../src/contract/settings.ts';
import { Button } from '../ui/button.tsx';
import { draftOf, type RuleName, RULE_NAMES } from './rule-draft.ts';

/** What the table is given. */
interface RuleTableProps {
  readonly settings: Settings;
  readonly defaults: Settings;
  readonly editable: boolean;
  /** Told what is to be changed. */
  readonly onChange: (draft: Partial<Settings>) => void;
}

/** The table. */
export function RuleTable({ settings, defaults, editable, onChange }: RuleTableProps): ReactNode {
  const [typed, setTyped] = useState<Readonly<Partial<Record<RuleName, string>>>>({});
  const outcome = draftOf(settings, typed);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (outcome.issue === null) onChange(outcome.draft);
      }}
    >
      <ul className="divide-y">
        {RULE_NAMES.map((name) => (
          <li key={name} className="grid gap-x-4 gap-y-1 px-3 py-2 sm:grid-cols-[1fr_11rem]">
            <div className="min-w-0">
              <label htmlFor={`rule-${name}`} className="font-mono text-12">
                {name}
              </label>
              <p id={`rule-${name}-meaning`} className="text-12 text-muted">
                {meaningOf(name)} {settings[name] === defaults[name] ? 'Default.' : `Changed here; default ${String(defaults[name])}.`}
              </p>
            </div>
            <RuleInput
              name={name}
              value={typed[name] ?? String(settings[name])}
              disabled={!editable}
              onType={(value) => setTyped((before) => ({ ...before, [name]: value }))}
            />
          </li>
        ))}
      </ul>
      <div className="sticky bottom-0 flex items-center justify-end gap-3 border-t bg-surface px-3 py-2">
        {outcome.issue !== null && (
          <p role="alert" className="text-offline">
            {outcome.issue}
          </p>
        )}
        <Button look="primary" type="submit" disabled={!editable || outcome.issue !== null || Object.keys(outcome.draft).length === 0}>
          Preview changes
        </Button>
      </div>
    </form>
  );
}

interface RuleInputProps {
  readonly name: RuleName;
  readonly value: string;
  readonly disabled: boolean;
  readonly onType: (value: string) => void;
}

function RuleInput({ name, value, disabled, onType }: RuleInputProps): ReactNode {
  const inner: unknown = schema.shape[name].unwrap();
  const look = 'h-7 w-full rounded border border-control bg-surface px-2 nums disabled:opacity-60';
  const shared = { id: `rule-${name}`, 'aria-describedby': `rule-${name}-meaning`, className: look, value, disabled };
  if (inner instanceof z.ZodEnum) {
    return (
      <select {...shared} onChange={(event) => onType(event.target.value)}>
        {inner.options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    );
  }
  return <input {...shared} inputMode="decimal" autoComplete="off" onChange={(event) => onType(event.target.value)} />;
}

function meaningOf(name: RuleName): string {
  return schema.shape[name].description ?? '';
}
