/**
 * A menu behind a button.
 */
import { Menu as Base } from '@base-ui/react/menu';
import type { ReactNode } from 'react';
import { buttonClass, type ButtonLook } from './button.tsx';

/** One thing to choose. */
export interface MenuChoice {
  readonly label: string;
  readonly onChoose: () => void;
  readonly disabled?: boolean;
  /** Why it cannot be chosen, or what it is. */
  readonly note?: string;
}

/** What a menu is given. */
interface MenuProps {
  readonly label: string;
  readonly trigger: ReactNode;
  readonly choices: readonly MenuChoice[];
  readonly look?: ButtonLook;
  readonly className?: string;
  readonly disabled?: boolean;
}

/** A menu. */
export function Menu({ label, trigger, choices, look = 'quiet', className = '', disabled = false }: MenuProps): ReactNode {
  return (
    <Base.Root modal={false}>
      <Base.Trigger aria-label={label} disabled={disabled} className={buttonClass(look, className)}>
        {trigger}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="z-50">
          <Base.Popup className="max-h-[60vh] min-w-44 overflow-auto rounded border border-control bg-raised py-1 outline-none">
            {choices.map(({ label: text, onChoose, disabled: off = false, note }) => (
              <Base.Item
                key={text}
                disabled={off}
                onClick={onChoose}
                className="flex min-h-7 cursor-pointer flex-col justify-center px-3 py-1 data-disabled:cursor-not-allowed data-highlighted:bg-selected"
              >
                <span className={off ? 'text-muted line-through' : ''}>{text}</span>
                {note !== undefined && <span className="text-12 text-muted">{note}</span>}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
