/**
 * Follows the events of a swarm without a gap, also over a restart of the server: what was seen last is where it goes on.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../contract/failure.ts';
import type { EventView } from '../contract/views/event-view.ts';
import type { CliContext } from './cli-context.ts';
import type { Values } from './command.ts';

const PAUSE_MS = 250;
const LOST_PAUSE_MS = 1000;
const PAGE = 1000;
const BEFORE = 10;

/** Tells every event that fits the filters of `values`; never resolves by itself. Throws Failure when the server refuses. */
export async function followEvents(context: CliContext, values: Values, tell: (event: EventView) => void): Promise<never> {
  const { terminal } = context;
  const { client } = await context.connect();
  const filters = Object.fromEntries(Object.entries(values).filter(([field]) => field !== 'since'));
  let since = typeof values['since'] === 'number' ? values['since'] : null;
  let lost = false;
  for (;;) {
    try {
      const page = await client.call('event.list', { ...filters, ...(since === null ? { limit: BEFORE } : { since, limit: PAGE }) });
      if (lost) terminal.say('The server is back.');
      lost = false;
      for (const event of page.events) tell(event);
      const seen = since ?? 0;
      since = since === null ? page.head : (page.next ?? Math.max(seen, page.head));
      if (since === seen) await delay(PAUSE_MS);
    } catch (error) {
      if (!(error instanceof Failure) || !error.retryable) throw error;
      if (!lost) terminal.say(`Lost the server: ${error.message} Trying again; Ctrl-C ends it.`);
      lost = true;
      await delay(LOST_PAUSE_MS);
    }
  }
}
