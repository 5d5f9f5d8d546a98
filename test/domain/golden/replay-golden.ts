/** What a log folds into, as anybody sees it: the views, which may gain fields and never lose or change one. */
import { FIRST_SETTINGS } from '../../../src/contract/settings.ts';
import type { LogEvent } from '../../../src/contract/event.ts';
import { evolve } from '../../../src/domain/evolve.ts';
import { createState } from '../../../src/domain/state.ts';
import { decodeChunk, joinRecords } from '../../../src/engine/event-codec.ts';
import { listHosted } from '../../../src/views/hosted-view.ts';
import { listLimits, listResources } from '../../../src/views/resource-view.ts';
import { showSession } from '../../../src/views/session-view.ts';
import { showStatus } from '../../../src/views/status-view.ts';
import { showTask } from '../../../src/views/task-view.ts';
import { showControl } from '../../../src/views/terminal-view.ts';

/** The events of a log with one record per line. */
export function eventsOf(text: string): LogEvent[] {
  return decodeChunk({ first_seq: 1, text: joinRecords(text.trimEnd().split('\n')) });
}

/** Folds the events, then shows everything. */
export function replay(events: readonly LogEvent[]): unknown {
  const state = createState('golden', FIRST_SETTINGS);
  for (const event of events) evolve(state, event);
  const shown = {
    settings: state.settings,
    status: showStatus(state, new Map(), state.time + 1000),
    tasks: [...state.tasks.values()].map((task) => showTask(state, task)),
    sessions: [...state.sessions.values()].map((session) => showSession(state, session, { heardAt: undefined, now: state.time + 1000 })),
    resources: listResources(state, {}).resources,
    limits: listLimits(state, state.time + 1000),
    budgets: [...state.budgets.limits.values()],
    signals: [...state.signals.open.values()].map(({ id, raised }) => ({ id, raised })),
    questions: [...state.decisions.open.values()].map(({ id, question, task_id, expires_at }) => ({ id, question, task_id, expires_at })),
    snoozed: [...state.snoozed],
    accounts: [...state.accounts],
    hosted: listHosted(state, undefined).sessions,
    keyboards: [...state.terminals.keys()].map((id) => ({ session_id: id, control: showControl(state, id, state.time + 1000) })),
  };
  return JSON.parse(JSON.stringify(shown));
}
