/**
 * How to start a session: sessions are processes on somebody's machine, so a command starts them.
 */
import { type ReactNode, useState } from 'react';
import { SWARM } from '../data/place.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';

/** The command for a worker, made from what is filled in. */
export function LaunchDialog({ onClose, team = false }: { readonly onClose: () => void; readonly team?: boolean }): ReactNode {
  const [capabilities, setCapabilities] = useState('build,test');
  const [slots, setSlots] = useState('1');
  const command = [
    'tutti worker',
    capabilities === '' ? '' : `--capabilities ${capabilities.replaceAll(/[^\w.,:@+-]/g, '')}`,
    slots === '1' ? '' : `--slots ${Number(slots) || 1}`,
    SWARM === 'default' ? '' : `--swarm ${SWARM}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
  return (
    <Dialog
      open
      onClose={onClose}
      title={team ? 'Start the team' : 'Launch a session'}
      description="A session is a process on a machine of yours. Run this in the project, once for each; it registers itself and takes what it can do."
    >
      <div className="flex flex-col gap-3">
        <TextField
          label="What it can do"
          value={capabilities}
          hint="Capabilities, with commas between them."
          onChange={(event) => setCapabilities(event.target.value)}
        />
        <TextField label="Tasks at once" type="number" min={1} max={100} value={slots} onChange={(event) => setSlots(event.target.value)} />
        <div className="flex items-center gap-2">
          <code className="min-w-0 flex-1 overflow-x-auto rounded border bg-surface px-2 py-1 font-mono text-12 whitespace-nowrap">
            {command}
          </code>
          <CopyButton text={command} what="the command" />
        </div>
        <p className="text-muted">
          Or let one command keep all sessions that <code className="font-mono text-12">.tutti/config.yaml</code> names, with terminals that
          can be watched here:
        </p>
        <div className="flex items-center gap-2">
          <code className="min-w-0 flex-1 rounded border bg-surface px-2 py-1 font-mono text-12">tutti host</code>
          <CopyButton text="tutti host" what="the command that keeps sessions" />
        </div>
      </div>
    </Dialog>
  );
}
