/**
 * The one WebSocket of this page, and how it is: everything the page asks and hears goes through it.
 */
import { useSyncExternalStore } from 'react';
import { createLiveClient, type LiveClient } from '../../../src/client/live-client.ts';
import type { Failure } from '../../../src/contract/failure.ts';
import type { StatusView } from '../../../src/contract/views/status-view.ts';
import { SWARM } from './place.ts';

/** How the connection is. */
export interface ConnectionHealth {
  readonly state: 'connecting' | 'live' | 'lost';
  readonly failure: Failure | null;
  /** ms since 1970 of the last sign of life, or null. */
  readonly heard_at: number | null;
  /** Round trip in ms of the newest question, or null. */
  readonly latency_ms: number | null;
}

const MEASURE_MS = 15_000;

let health: ConnectionHealth = { state: 'connecting', failure: null, heard_at: null, latency_ms: null };
const listeners = new Set<() => void>();

function tell(change: Partial<ConnectionHealth>): void {
  health = { ...health, ...change };
  for (const listener of listeners) listener();
}

/** The client of this page. */
export const client: LiveClient = createLiveClient({ url: location.origin, token: null, swarm: SWARM });

client.onConnection((state) => {
  if (state.online) {
    tell({ state: 'live', failure: null, heard_at: Date.now() });
    void measure();
  } else tell({ state: 'lost', failure: state.failure });
});
setInterval(() => void measure(), MEASURE_MS);

/** Notes that the server was heard of. */
export function heardOf(_status: StatusView): void {
  tell({ heard_at: Date.now() });
}

async function measure(): Promise<void> {
  if (health.state !== 'live' || document.hidden) return;
  const started = performance.now();
  try {
    await client.call('config.get', {});
    tell({ latency_ms: Math.max(1, Math.round(performance.now() - started)) });
  } catch {
    // The connection tells by itself when it is lost.
  }
}

/** How the connection is, now and from now on. */
export function useConnection(): ConnectionHealth {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => health,
  );
}
