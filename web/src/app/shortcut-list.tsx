/**
 * The list of keys, behind `?`.
 */
import { type ReactNode, useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';
import { shownShortcuts } from './shortcuts.ts';

/** The list of keys, open; typing filters it. */
export function ShortcutList({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [typed, setTyped] = useState('');
  const [groups] = useState(shownShortcuts);
  const fits = (does: string): boolean => does.toLowerCase().includes(typed.toLowerCase());
  return (
    <Dialog open onClose={onClose} title="Keys">
      <TextField label="Filter" quiet placeholder="Filter" value={typed} onChange={(event) => setTyped(event.target.value)} />
      {groups.map(({ title, shortcuts }) => {
        const shown = shortcuts.filter(({ does }) => fits(does));
        if (shown.length === 0) return null;
        return (
          <section key={title} aria-label={title} className="mt-3">
            <h3 className="mb-1 text-12 font-semibold text-muted">{title}</h3>
            <dl className="grid grid-cols-[7rem_1fr] gap-y-1">
              {shown.map(({ keys, does }) => (
                <div key={keys} className="contents">
                  <dt>
                    {keys.split(' ').map((key, index) => (
                      <kbd key={`${index} ${key}`} className="mr-1 rounded border border-control bg-raised px-1.5 font-mono text-12">
                        {key.length === 1 ? key.toUpperCase() : key}
                      </kbd>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        );
      })}
    </Dialog>
  );
}
