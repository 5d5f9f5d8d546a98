/**
 * Feeds the cache: events say what changed, and whatever is shown of it is asked for again. Bursts are taken together, so
 * that 500 events a second cost a few questions and renders, and a single one is on the screen in a frame.
 * Invariant: after a reset nothing that was known before is shown as fresh.
 */
import type { EventView } from '../../../src/contract/views/event-view.ts';
import type { QueryName } from '../../../src/contract/operations.ts';
import { client, heardOf } from './connection.ts';
import { forgetEvents, noteEvents } from './event-tail.ts';
import { type QuestionKey, questionKey } from './operation-query.ts';
import { queryClient } from './query-client.ts';
import { refreshCards } from './task-book.ts';

/** Least time between two rounds of questions. */
const ROUND_MS = 80;

/** Answers that grow old with events of these kinds. Left out: with every event that names the same task or session. */
const OLD_WITH: Partial<Record<QueryName, readonly string[]>> = {
  'swarm.forecast': ['task', 'session'],
  'swarm.status': ['task', 'session', 'swarm'],
  'session.list': ['session', 'task', 'work'],
  'session.show': ['session', 'task', 'work'],
  'task.list': ['task'],
  'board.list': ['task'],
  'knowledge.list': ['knowledge'],
  'knowledge.search': ['knowledge'],
  'knowledge.get': ['knowledge'],
  'knowledge.history': ['knowledge'],
  'message.list': ['message', 'channel'],
  'message.show': ['message'],
  'message.channels': ['message', 'channel'],
  'lock.list': ['lock', 'session'],
  'explain.task': ['task', 'session'],
  'explain.session': ['task', 'session'],
  'config.get': ['config'],
  'event.diff': [],
  'event.what_if': [],
  'event.replay': [],
  'event.archive': [],
  'inbox.list': ['inbox', 'decision', 'signal', 'colleague', 'message', 'task'],
  'inbox.show': ['decision', 'signal', 'colleague', 'message'],
  'decision.list': ['decision'],
  'capability.list': ['capability', 'session'],
  'capability.detect': ['capability', 'session', 'task'],
  'budget.list': ['budget', 'usage'],
  'usage.show': ['budget', 'usage'],
  'usage.list': ['usage'],
  'task.diff': ['task'],
  'schedule.list': ['schedule', 'task'],
  'resource.list': ['resource', 'task'],
  'limit.list': ['limit', 'task'],
  // Pages of the log never change; whoever shows its end follows the tail.
  'event.list': [],
};

let waiting: EventView[] = [];
let underway = false;

/** Begins to follow the swarm. Call once. */
export function followFeed(): void {
  client.subscribe({
    topics: ['status', 'events'],
    onStatus: (status) => {
      heardOf(status);
      queryClient.setQueryData(questionKey('swarm.status', {}, null), status);
    },
    onEvents: (events, { seq }) => {
      noteEvents(events, seq);
      waiting.push(...events);
      if (!underway) void round();
    },
    onReset: ({ cursor }) => {
      forgetEvents(cursor.seq);
      waiting = [];
      void queryClient.invalidateQueries();
    },
  });
}

async function round(): Promise<void> {
  underway = true;
  try {
    while (waiting.length > 0) {
      const events = waiting;
      waiting = [];
      const pause = new Promise((resolve) => setTimeout(resolve, ROUND_MS));
      // A page that nobody sees catches up when it is looked at.
      if (document.hidden) await seen();
      await Promise.allSettled([refreshCards(tasksOf(events)), refreshAnswers(events)]);
      await pause;
    }
  } finally {
    underway = false;
  }
}

function tasksOf(events: readonly EventView[]): string[] {
  return [
    ...new Set(
      events.flatMap(({ type, data }) => (type.startsWith('task_') && typeof data['task_id'] === 'string' ? [data['task_id']] : [])),
    ),
  ];
}

function refreshAnswers(events: readonly EventView[]): Promise<void> {
  const kinds = new Set(events.map(({ type }) => type.split('_')[0] ?? ''));
  const named = new Set(events.flatMap(({ data }) => [data['task_id'], data['session_id']]).filter((id) => typeof id === 'string'));
  if (kinds.has('terminal')) void queryClient.invalidateQueries({ queryKey: ['terminals'] });
  return queryClient.invalidateQueries(
    {
      refetchType: 'active',
      predicate: ({ queryKey }) => {
        const [root, operation, at, input] = queryKey as unknown as QuestionKey;
        if (root !== 'operation' || at !== null) return false;
        if (operation === 'event.list' && isFiltered(input)) return isAbout(input, events);
        const rule = OLD_WITH[operation];
        if (rule !== undefined) return rule.some((kind) => kinds.has(kind));
        return [input['task_id'], input['session_id']].some((id) => typeof id === 'string' && named.has(id));
      },
    },
    { cancelRefetch: false },
  );
}

function isFiltered(input: QuestionKey[3]): boolean {
  return ['type', 'task_id', 'session_id'].some((field) => input[field] !== undefined);
}

/** True when one of these events belongs into a filtered list. */
function isAbout(input: QuestionKey[3], events: readonly EventView[]): boolean {
  return events.some(
    ({ type, data }) =>
      (input['type'] === undefined || input['type'] === type) &&
      ['task_id', 'session_id'].every((field) => input[field] === undefined || input[field] === data[field]),
  );
}

function seen(): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
  });
}
