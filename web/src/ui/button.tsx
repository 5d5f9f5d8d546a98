/**
 * Buttons: primary for the one thing a page is for, plain for the rest, quiet inside rows, danger for what ends something.
 */
import { clsx } from 'clsx';
import type { ComponentProps, ReactNode } from 'react';

const LOOKS = {
  primary: 'bg-accent text-on-accent font-medium border-transparent hover:opacity-90',
  plain: 'bg-surface border-control hover:bg-raised',
  quiet: 'border-transparent hover:bg-raised',
  danger: 'bg-surface border-offline text-offline hover:bg-raised',
} as const;

/** How a button looks. */
export type ButtonLook = keyof typeof LOOKS;

/** The classes of a button, for what must be a link or another component's trigger. */
export function buttonClass(look: ButtonLook = 'plain', className = ''): string {
  return clsx(
    'inline-flex h-7 min-w-6 items-center justify-center gap-1.5 rounded border px-2.5 text-13 whitespace-nowrap select-none',
    'disabled:cursor-not-allowed disabled:opacity-50',
    LOOKS[look],
    className,
  );
}

/** A button. */
export function Button({
  look = 'plain',
  className = '',
  type = 'button',
  ...rest
}: ComponentProps<'button'> & { readonly look?: ButtonLook }): ReactNode {
  return <button type={type} className={buttonClass(look, className)} {...rest} />;
}
