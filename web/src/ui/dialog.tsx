/**
 * A window over the page: focus stays inside it, Escape closes it, focus goes back where it was.
 */
import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { Icon } from './icons.tsx';

/** What a dialog is given. */
interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A dialog. */
export function Dialog({ open, onClose, title, description, wide = false, children }: DialogProps): ReactNode {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/60" />
        <Base.Popup
          className={`fixed top-[8vh] left-1/2 z-50 flex max-h-[84vh] w-[calc(100vw-16px)] -translate-x-1/2 flex-col rounded border border-control bg-bg ${wide ? 'max-w-3xl' : 'max-w-xl'}`}
        >
          <header className="flex items-center justify-between border-b px-4 py-2.5">
            <Base.Title className="text-14 font-semibold">{title}</Base.Title>
            <Base.Close aria-label="Close" className="grid size-6 place-items-center rounded hover:bg-raised">
              <Icon name="close" />
            </Base.Close>
          </header>
          {description !== undefined && <Base.Description className="px-4 pt-3 text-muted">{description}</Base.Description>}
          <div className="min-h-0 overflow-auto p-4">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
