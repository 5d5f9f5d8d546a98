/**
 * A signal, and a request for a colleague: what was noticed or asked for, and how it is settled.
 */
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import type { ColleagueRequestView, SignalView } from '../../../src/contract/views/decision-view.ts';
import { useCommand } from '../data/command.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/fields.tsx';
import { Foreign, ForeignBlock } from '../ui/foreign.tsx';
import { Background, Origin } from './item-parts.tsx';

/** The signal. */
export function SignalDetail({ signal, onDone }: { readonly signal: SignalView; readonly onDone: () => void }): ReactNode {
  const [resolution, setResolution] = useState('');
  const refusal = useRefusal('signal.resolve');
  const resolve = useCommand('signal.resolve', { doing: () => `resolve ${signal.signal_id}`, done: () => `Settled ${signal.signal_id}.` });
  const settle = (outcome: 'resolved' | 'dismissed'): void => {
    if (resolution !== '') resolve.mutate({ signal_id: signal.signal_id, outcome, resolution }, { onSuccess: onDone });
  };
  return (
    <div className="flex flex-col gap-3">
      <p className="text-12 text-muted uppercase">
        {signal.type.replaceAll('_', ' ')}, urgency {signal.urgency}
      </p>
      <h2 className="text-16 font-semibold">
        <Foreign text={signal.title} />
      </h2>
      <Origin from={signal.raised_by} taskId={signal.task_id} time={signal.raised_at} />
      {signal.impact !== null && (
        <p>
          If nobody acts: <Foreign text={signal.impact} />
        </p>
      )}
      <Background context={signal.details} evidence={signal.evidence} />
      {signal.status === 'open' ? (
        <div className="flex flex-wrap items-end gap-2">
          <TextField
            label="What was done, or why nothing is"
            className="min-w-52 flex-1"
            value={resolution}
            onChange={(event) => setResolution(event.target.value)}
          />
          <Button
            look="primary"
            disabled={refusal !== null || resolution === ''}
            title={refusal ?? undefined}
            onClick={() => settle('resolved')}
          >
            Resolve
          </Button>
          <Button disabled={refusal !== null || resolution === ''} title={refusal ?? undefined} onClick={() => settle('dismissed')}>
            Dismiss
          </Button>
        </div>
      ) : (
        <p>
          {signal.status}: <Foreign text={signal.resolution ?? ''} />
        </p>
      )}
    </div>
  );
}

/** The request for a colleague. */
export function ColleagueDetail({ request, onDone }: { readonly request: ColleagueRequestView; readonly onDone: () => void }): ReactNode {
  const refusal = useRefusal('colleague.settle');
  const settle = useCommand('colleague.settle', {
    doing: () => `settle ${request.request_id}`,
    done: () => `Settled ${request.request_id}.`,
  });
  return (
    <div className="flex flex-col gap-3">
      <p className="text-12 text-muted uppercase">request for a colleague</p>
      <h2 className="text-16 font-semibold">
        <Foreign text={`${request.role}${request.name === null ? '' : ` ${request.name}`}`} />
      </h2>
      <Origin from={request.requested_by} taskId={request.task_id} time={request.requested_at} />
      <ForeignBlock label="Instructions" value={request.instructions} />
      {request.status === 'open' ? (
        <Button
          className="self-start"
          disabled={refusal !== null}
          title={refusal ?? undefined}
          onClick={() => settle.mutate({ request_id: request.request_id, outcome: 'declined' }, { onSuccess: onDone })}
        >
          Decline
        </Button>
      ) : (
        <p>{request.status}</p>
      )}
    </div>
  );
}
