/**
 * Follows the log of the demo's swarm. Invariant: every event is told once, in order.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TuttiClient } from '../client/client.ts';
import type { LogEvent } from '../contract/event.ts';
import { readEvent } from './demo-fact.ts';

const PAUSE_MS = 200;
const PAGE = 1000;

/** Tells the events after `since` until `isOver` says so; then those that are there already. Rejects as calls do. */
export async function followEvents(
  client: TuttiClient,
  since: number,
  tell: (event: LogEvent) => void,
  { isOver, signal }: { readonly isOver: () => boolean; readonly signal: AbortSignal },
): Promise<void> {
  let cursor = since;
  while (!isOver()) {
    const { events, next } = await client.call('event.list', { since: cursor, limit: PAGE }, { signal });
    for (const view of events) {
      const event = readEvent(view);
      if (event !== null) tell(event);
    }
    cursor = next ?? events.at(-1)?.seq ?? cursor;
    if (next === null && !isOver()) await sleep(PAUSE_MS, undefined, { signal });
  }
}
