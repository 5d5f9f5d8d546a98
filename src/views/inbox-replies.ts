/**
 * What asking, raising and requesting answer: the fresh record, or the open one that said the same already.
 */
import type { LogEvent } from '../contract/event.ts';
import type { InputOf, OutputOf } from '../contract/operations.ts';
import { openColleagueRequest } from '../domain/colleague/decide.ts';
import { openTwin, subjectOf } from '../domain/decision/decide.ts';
import { openSignal } from '../domain/signal/decide.ts';
import type { SwarmState } from '../domain/state.ts';
import { colleagueRequestNamed, decisionNamed, signalNamed } from './inbox-view.ts';

/** What asking answers. */
export function answerAsk(state: SwarmState, input: InputOf<'decision.ask'>, events: readonly LogEvent[]): OutputOf<'decision.ask'> {
  const asked = events.find((event) => event.type === 'decision_needed');
  if (asked !== undefined) return decisionNamed(state, asked.data.decision_id);
  const session = state.sessions.get(input.session_id ?? '') ?? null;
  for (const asker of askersOf(state.decisions.open.values(), input.session_id)) {
    const twin = openTwin(state, { asker, task_id: subjectOf(input.task_id, session), question: input.question });
    if (twin !== null) return decisionNamed(state, twin.id);
  }
  throw new TypeError('a question was neither asked nor open');
}

/** What raising answers. */
export function answerRaise(state: SwarmState, input: InputOf<'signal.raise'>, events: readonly LogEvent[]): OutputOf<'signal.raise'> {
  const raised = events.find((event) => event.type === 'signal_raised');
  if (raised !== undefined) return signalNamed(state, raised.data.signal_id);
  for (const raised_by of askersOf(state.signals.open.values(), input.session_id)) {
    const open = openSignal(state, { raised_by, title: input.title });
    if (open !== null) return signalNamed(state, open.id);
  }
  throw new TypeError('a signal was neither raised nor open');
}

/** What requesting a colleague answers. */
export function answerColleagueRequest(
  state: SwarmState,
  input: InputOf<'colleague.request'>,
  events: readonly LogEvent[],
): OutputOf<'colleague.request'> {
  const requested = events.find((event) => event.type === 'colleague_requested');
  if (requested !== undefined) return colleagueRequestNamed(state, requested.data.request_id);
  for (const requested_by of askersOf(state.colleagues.open.values(), input.session_id)) {
    const open = openColleagueRequest(state, { requested_by, role: input.role, instructions: input.instructions });
    if (open !== null) return colleagueRequestNamed(state, open.id);
  }
  throw new TypeError('a colleague was neither requested nor is one awaited');
}

/** Under which names the caller may have opened a record: its session's, or any principal's, which the answer does not know. */
function askersOf(open: Iterable<{ readonly opened_by: string }>, sessionId: string | undefined): Iterable<string> {
  if (sessionId !== undefined) return [`session:${sessionId}`];
  return new Set(Array.from(open, ({ opened_by }) => opened_by).filter((name) => !name.startsWith('session:')));
}
