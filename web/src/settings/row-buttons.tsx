/**
 * What can be done with a row of the settings: change it, remove it.
 */
import type { ReactNode } from 'react';
import { Button } from '../ui/button.tsx';

/** What the buttons are given. */
interface RowButtonsProps {
  /** What they are about, for those who only hear the button. */
  readonly what: string;
  /** Why this page may not. */
  readonly refusal: string | null;
  readonly onChange: () => void;
  /** Left out: it cannot be removed. */
  readonly onRemove?: (() => void) | undefined;
  /** The word for removing; default Remove. */
  readonly remove?: string;
}

/** The buttons. */
export function RowButtons({ what, refusal, onChange, onRemove, remove = 'Remove' }: RowButtonsProps): ReactNode {
  const shared = { disabled: refusal !== null, title: refusal ?? undefined };
  return (
    <span className="flex gap-1">
      <Button aria-label={`Change ${what}`} {...shared} onClick={onChange}>
        Change
      </Button>
      {onRemove !== undefined && (
        <Button look="quiet" aria-label={`${remove} ${what}`} {...shared} onClick={onRemove}>
          {remove}
        </Button>
      )}
    </span>
  );
}
