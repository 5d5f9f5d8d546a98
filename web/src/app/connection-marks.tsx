/**
 * How the connection is: the dot in the bar, and a banner across the page while it is lost.
 */
import type { ReactNode } from 'react';
import { useConnection } from '../data/connection.ts';
import { TimeText } from '../ui/time-text.tsx';

/** The live dot with the round trip. */
export function LiveDot(): ReactNode {
  const { state, latency_ms } = useConnection();
  if (state !== 'live') {
    return (
      <span className="inline-flex items-center gap-1.5 text-offline">
        <span aria-hidden="true" className="mark">
          ✕
        </span>
        {state === 'lost' ? 'offline' : 'connecting'}
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-1.5" title="Round trip of the newest question">
      <span aria-hidden="true" className="mark text-idle">
        ●
      </span>
      live<span className="nums hidden text-muted sm:inline">{latency_ms === null ? '' : `${latency_ms} ms`}</span>
    </span>
  );
}

/** Across the page while the connection is lost: what is shown is old. */
export function LostBanner(): ReactNode {
  const { state, failure, heard_at } = useConnection();
  return (
    <div aria-live="assertive" aria-label="Connection" role="region">
      {state === 'lost' && (
        <div className="flex flex-wrap items-center gap-x-2 border-b border-offline bg-raised px-4 py-1.5">
          <span aria-hidden="true" className="mark text-offline">
            ✕
          </span>
          <strong className="font-medium">Reconnecting…</strong>
          <span className="foreign text-muted">
            {failure?.message} What you see is from {heard_at === null ? 'before' : <TimeText time={new Date(heard_at).toISOString()} />};
            it catches up by itself.
          </span>
        </div>
      )}
    </div>
  );
}
