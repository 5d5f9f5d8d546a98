/**
 * Shows what a change of the rules does, before it is made.
 */
import type { ReactNode } from 'react';
import type { Settings } from '../../../src/contract/settings.ts';
import { useCommand } from '../data/command.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { differences } from './rule-draft.ts';

/** What the dialog is given. */
interface ChangeProps {
  readonly current: Settings;
  readonly draft: Partial<Settings>;
  readonly onClose: () => void;
}

/** The preview, open. */
export function ChangeDialog({ current, draft, onClose }: ChangeProps): ReactNode {
  const changes = differences(current, draft);
  const apply = useCommand('config.apply', { doing: () => 'change the rules', done: () => 'The rules have changed.' });
  return (
    <Dialog open onClose={onClose} title="Change the rules?" description="It takes effect at once, for every session, and is recorded.">
      {changes.length === 0 ? (
        <p className="mb-3">Nothing would change.</p>
      ) : (
        <table aria-label="Changes" className="mb-3 w-full text-left">
          <thead className="text-12 text-muted">
            <tr>
              <th className="font-medium">Rule</th>
              <th className="font-medium">Before</th>
              <th className="font-medium">After</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ name, before, after }) => (
              <tr key={name} className="border-t">
                <td className="py-1 font-mono text-12">{name}</td>
                <td className="nums text-muted line-through">{before}</td>
                <td className="nums font-medium">{after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="primary"
          disabled={changes.length === 0 || apply.isPending}
          onClick={() => apply.mutate({ settings: draft }, { onSuccess: onClose })}
        >
          Apply
        </Button>
      </div>
    </Dialog>
  );
}
