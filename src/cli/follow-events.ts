/**
 * Follows the events of a swarm without a gap, also over a restart of the server: what was seen last is where it goes on.
 */
import type { Topic } from '../contract/websocket.ts';
import type { EventView } from '../contract/views/event-view.ts';
import type { CliContext } from './cli-context.ts';
import type { Values } from './command.ts';
import { sayConnection } from './say-connection.ts';

/** Events shown before those that happen from now on. */
const BEFORE = 10;

/** Tells every event that fits the filters of `values`; never resolves by itself. Throws Failure when the server refuses. */
export async function followEvents(context: CliContext, values: Values, tell: (event: EventView) => void): Promise<never> {
  const { client, live: connect } = await context.connect();
  const filters = Object.fromEntries(Object.entries(values).filter(([field]) => field !== 'since'));
  let { since } = values as { readonly since?: number };
  // Asked in any case: a type that there is not is told here, and would else never come.
  const newest = await client.call('event.list', { ...filters, limit: BEFORE });
  if (since === undefined) {
    for (const event of newest.events) tell(event);
    since = newest.head;
  }
  const live = await connect();
  try {
    return await new Promise<never>((_resolve, reject) => {
      sayConnection(live, context, reject);
      live.subscribe({
        topics: [topicOf(values)],
        since,
        onEvents: (events) => {
          for (const event of events) if (fits(event, values)) tell(event);
        },
        onReset: ({ cursor }) => context.terminal.say(`The server has another log now; going on after event ${cursor.seq}.`),
      });
    });
  } finally {
    live.close();
  }
}

/** The narrowest topic that holds everything the filters let through. */
function topicOf({ task_id, session_id }: Values): Topic {
  if (typeof task_id === 'string') return `task:${task_id}`;
  return typeof session_id === 'string' ? `session:${session_id}` : 'events';
}

function fits({ type, data }: EventView, values: Values): boolean {
  if (values['type'] !== undefined && type !== values['type']) return false;
  return ['task_id', 'session_id'].every((field) => values[field] === undefined || data[field] === values[field]);
}
