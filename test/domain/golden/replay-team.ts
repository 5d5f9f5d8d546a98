/** What a log says of knowledge, messages and locks, as anybody sees it. */
import type { LogEvent } from '../../../src/contract/event.ts';
import { FIRST_SETTINGS } from '../../../src/contract/settings.ts';
import { evolve } from '../../../src/domain/evolve.ts';
import { createState } from '../../../src/domain/state.ts';
import { searchKnowledge } from '../../../src/views/knowledge-search.ts';
import { listKnowledge } from '../../../src/views/knowledge-view.ts';
import { listLocks } from '../../../src/views/lock-view.ts';
import { listChannels, listMessages } from '../../../src/views/message-view.ts';

/** Folds the events, then shows everything that sessions share. */
export function replayTeam(events: readonly LogEvent[]): unknown {
  const state = createState('golden', FIRST_SETTINGS);
  for (const event of events) evolve(state, event);
  const shown = {
    topics: listKnowledge(state, {}),
    found: searchKnowledge(state, { query: 'rfc' }).results.map(({ topic }) => topic),
    mailboxes: Object.fromEntries(['people', 'w1', 'w2'].map((mailbox) => [mailbox, listMessages(state, { mailbox })])),
    channels: listChannels(state, {}),
    locks: listLocks(state, {}, state.time),
  };
  return JSON.parse(JSON.stringify(shown));
}
