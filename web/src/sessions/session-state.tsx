/**
 * The state of a session, and what keeps it from new work although it is there: its provider takes no more, or it is paused.
 */
import type { ReactNode } from 'react';
import type { SessionView } from '../../../src/contract/views/session-view.ts';
import { StateMark } from '../ui/state-mark.tsx';
import { TimeText } from '../ui/time-text.tsx';

/** The state. */
export function SessionState({ session: { status, limited, paused, breaker } }: { readonly session: SessionView }): ReactNode {
  if (status !== 'offline' && limited !== null) {
    return (
      <span className="inline-flex items-center gap-1.5" title={limitTitle(limited)}>
        <StateMark state="parked" />
        <TimeText time={limited.until} className="text-muted" />
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-1.5">
      <StateMark state={status} />
      {paused && <StateMark state="paused" />}
      {breaker.state === 'open' && <span className="text-offline">resting</span>}
    </span>
  );
}

function limitTitle({ reason, message = 'it does not say why' }: NonNullable<SessionView['limited']>): string {
  if (reason === 'access') return `Its provider refuses its key: ${message}`;
  return reason === 'model' ? `Its provider does not have its model: ${message}` : `Its provider takes no more: ${reason} limit`;
}
