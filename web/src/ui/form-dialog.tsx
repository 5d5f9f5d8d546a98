/**
 * A form in a dialog: its fields, what is wrong with them, the way out and the one thing it does.
 */
import type { ReactNode } from 'react';
import { Button, type ButtonLook } from './button.tsx';
import { Dialog } from './dialog.tsx';

/** What a form is given. */
interface FormDialogProps {
  readonly title: string;
  readonly description?: string;
  /** What the form does, as a word on its button. */
  readonly does: string;
  readonly look?: ButtonLook;
  readonly wide?: boolean;
  /** The way out; default Cancel. */
  readonly leave?: string;
  /** It is being done, or cannot be done. */
  readonly disabled?: boolean;
  /** What is wrong with what was typed. */
  readonly issue?: string | null;
  readonly onSubmit: (form: FormData) => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** The form, open. */
export function FormDialog({
  title,
  description,
  does,
  look = 'primary',
  wide = false,
  leave = 'Cancel',
  disabled = false,
  issue = null,
  onSubmit,
  onClose,
  children,
}: FormDialogProps): ReactNode {
  return (
    <Dialog open onClose={onClose} title={title} wide={wide} {...(description === undefined ? {} : { description })}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit(new FormData(event.currentTarget));
        }}
      >
        {children}
        {issue !== null && (
          <p role="alert" className="text-offline">
            {issue}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{leave}</Button>
          <Button look={look} type="submit" disabled={disabled}>
            {does}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
