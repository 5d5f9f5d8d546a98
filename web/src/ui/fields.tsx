/**
 * Inputs with their labels. Every control has a label that is read and seen.
 */
import { clsx } from 'clsx';
import { type ComponentProps, type ReactNode, useId } from 'react';

const CONTROL = 'h-7 w-full min-w-0 rounded border border-control bg-surface px-2 text-13 placeholder:text-muted';

/** What stands around a control. */
interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | null | undefined;
  /** The label is read but not seen: what the control is for is plain from where it stands. */
  readonly quiet?: boolean | undefined;
  readonly className?: string | undefined;
}

function Field({
  id,
  label,
  hint,
  error,
  quiet = false,
  className = '',
  children,
}: FieldProps & { readonly id: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className={clsx('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className={quiet ? 'sr-only' : 'text-12 text-muted'}>
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-12 text-muted">
          {hint}
        </p>
      )}
      {error !== null && error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-12 text-offline">
          {error}
        </p>
      )}
    </div>
  );
}

function described(id: string, { hint, error }: FieldProps): { 'aria-describedby'?: string; 'aria-invalid'?: true } {
  const ids = [hint === undefined ? null : `${id}-hint`, error === null || error === undefined ? null : `${id}-error`].filter(
    (each) => each !== null,
  );
  return {
    ...(ids.length === 0 ? {} : { 'aria-describedby': ids.join(' ') }),
    ...(error === null || error === undefined ? {} : { 'aria-invalid': true as const }),
  };
}

/** A line of text. */
export function TextField({ label, hint, error, quiet, className, ...rest }: FieldProps & ComponentProps<'input'>): ReactNode {
  const id = useId();
  const field = { label, hint, error, quiet, className };
  return (
    <Field id={id} {...field}>
      <input id={id} className={CONTROL} {...described(id, field)} {...rest} />
    </Field>
  );
}

/** Several lines of text. */
export function TextArea({ label, hint, error, quiet, className, ...rest }: FieldProps & ComponentProps<'textarea'>): ReactNode {
  const id = useId();
  const field = { label, hint, error, quiet, className };
  return (
    <Field id={id} {...field}>
      <textarea id={id} className={clsx(CONTROL, 'h-auto min-h-20 py-1 font-mono text-12')} {...described(id, field)} {...rest} />
    </Field>
  );
}

/** A choice of a few. */
export function Choice({
  label,
  options,
  quiet,
  className,
  ...rest
}: Omit<FieldProps, 'hint' | 'error'> &
  ComponentProps<'select'> & { readonly options: readonly (readonly [value: string, text: string])[] }): ReactNode {
  const id = useId();
  return (
    <Field id={id} label={label} quiet={quiet} className={className}>
      <select id={id} className={clsx(CONTROL, 'pr-1')} {...rest}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}
