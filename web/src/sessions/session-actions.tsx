/**
 * What people can do to a session: send it a message, pause it, end it.
 */
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import type { SessionView } from '../../../src/contract/views/session-view.ts';
import { useCommand } from '../data/command.ts';
import { Button } from '../ui/button.tsx';
import { ComposeDialog } from '../messages/compose-dialog.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';

/** The buttons. */
export function SessionActions({ session }: { readonly session: SessionView }): ReactNode {
  const [open, setOpen] = useState<'message' | 'end' | null>(null);
  const refusal = useRefusal('message.send');
  const member = session.deregistered_at === null;
  const pause = useCommand('swarm.pause', {
    doing: () => `pause ${session.id}`,
    done: () => `${session.id} finishes what it has and gets nothing new.`,
  });
  const resume = useCommand('swarm.resume', { doing: () => `resume ${session.id}`, done: () => `${session.id} gets work again.` });
  return (
    <>
      <Button look="primary" disabled={refusal !== null || !member} title={refusal ?? undefined} onClick={() => setOpen('message')}>
        Send message
      </Button>
      <Button
        disabled={refusal !== null || !member || pause.isPending || resume.isPending}
        title={refusal ?? undefined}
        onClick={() => (session.paused ? resume : pause).mutate({ session: session.id })}
      >
        {session.paused ? 'Resume' : 'Pause'}
      </Button>
      <Button look="danger" disabled={refusal !== null || !member} title={refusal ?? undefined} onClick={() => setOpen('end')}>
        End session
      </Button>
      {open === 'message' && <ComposeDialog recipients={[session.id]} onClose={() => setOpen(null)} />}
      {open === 'end' && <EndDialog session={session} onClose={() => setOpen(null)} />}
    </>
  );
}

function EndDialog({ session, onClose }: { readonly session: SessionView; readonly onClose: () => void }): ReactNode {
  const end = useCommand('session.deregister', {
    doing: () => `end ${session.id}`,
    done: ({ released }) => `Ended ${session.id}; ${released.length} tasks went back to the queue.`,
  });
  return (
    <FormDialog
      title={`End ${session.id}?`}
      description={`Its leases end and ${session.tasks.length === 0 ? 'nothing' : session.tasks.join(', ')} goes back to the queue at once. Its process is told at its next call.`}
      does="End session"
      look="danger"
      leave="Keep it"
      disabled={end.isPending}
      onSubmit={() => end.mutate({ session_id: session.id }, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
