/**
 * A comment on a line, kept here until all of them are sent at once: read, or being written.
 */
import { type ReactNode, useState } from 'react';
import { Button } from '../ui/button.tsx';

/** What the box is given. */
interface CommentBoxProps {
  readonly label: string;
  /** null: there is none yet. */
  readonly text: string | null;
  readonly editing: boolean;
  readonly onEdit: () => void;
  /** null takes it away. */
  readonly onKeep: (text: string | null) => void;
  readonly onLeave: () => void;
}

/** The box; Control and Enter keep what is written, Escape leaves. */
export function CommentBox({ label, text, editing, onEdit, onKeep, onLeave }: CommentBoxProps): ReactNode {
  const [typed, setTyped] = useState(text ?? '');
  if (!editing) {
    return (
      <div className="flex items-start gap-2">
        <p className="min-w-0 flex-1 whitespace-pre-wrap">{text}</p>
        <Button look="quiet" aria-label={`Change: ${label}`} onClick={onEdit}>
          Change
        </Button>
        <Button look="quiet" aria-label={`Remove: ${label}`} onClick={() => onKeep(null)}>
          Remove
        </Button>
      </div>
    );
  }
  const keep = (): void => onKeep(typed.trim() === '' ? null : typed.trim());
  return (
    <div className="flex flex-col gap-2">
      <textarea
        ref={focusAtEnd}
        aria-label={label}
        rows={3}
        maxLength={2000}
        value={typed}
        className="w-full rounded border border-control bg-surface px-2 py-1"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onLeave();
          else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) keep();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <div className="flex items-center justify-end gap-2">
        <span className="mr-auto text-12 text-muted">Kept in this browser until changes are requested.</span>
        <Button onClick={onLeave}>Cancel</Button>
        <Button look="primary" onClick={keep}>
          Keep comment
        </Button>
      </div>
    </div>
  );
}

/** Who opens a comment wants to write. */
function focusAtEnd(field: HTMLTextAreaElement | null): void {
  field?.focus();
}
