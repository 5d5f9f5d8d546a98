/** What a log says of decisions, signals and requests for colleagues, as anybody sees it. */
import type { LogEvent } from '../../../src/contract/event.ts';
import { DEFAULT_SETTINGS } from '../../../src/contract/settings.ts';
import { evolve } from '../../../src/domain/evolve.ts';
import { createState } from '../../../src/domain/state.ts';
import { listColleagueRequests, listDecisions, listInbox, listSignals } from '../../../src/views/inbox-view.ts';

/** Folds the events, then shows everything that waited or waits for people. */
export function replayInbox(events: readonly LogEvent[]): unknown {
  const state = createState('golden', DEFAULT_SETTINGS);
  for (const event of events) evolve(state, event);
  // What is put off came later: golden logs know nothing of it.
  const { snoozed: _snoozed, wakes_at: _wakes, ...inbox } = listInbox(state, {}, state.time);
  const shown = {
    inbox,
    decisions: listDecisions(state, {}),
    signals: listSignals(state, {}),
    requests: listColleagueRequests(state, {}),
    questions: state.tasks.get('t1')?.questions,
    ready: state.ready.size,
  };
  return JSON.parse(JSON.stringify(shown));
}
