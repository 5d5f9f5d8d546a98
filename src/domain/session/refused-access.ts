/**
 * What people are told when a provider refuses the key or the model of a session: a signal, once for each account (or, for a
 * model, each session) while it is open. Invariant: the first task that such a session completes after it ends the signal.
 */
import type { Fact } from '../../contract/event.ts';
import type { InputOf } from '../../contract/operations.ts';
import { NOTHING } from '../decision.ts';
import { nextId, whoIsFull } from '../inbox/ledger.ts';
import type { Signal } from '../signal/state.ts';
import type { SwarmState } from '../state.ts';
import { isLimited, needsPerson } from './provider-limit.ts';
import type { Session } from './state.ts';

type Refused = Pick<InputOf<'work.park'>, 'reason' | 'message'>;

/** The signal, unless it is open already or there is no room for another. */
export function tellOfRefusal(state: SwarmState, session: Session, refused: Refused): readonly Fact[] {
  const title = titleOf(session, refused);
  const raised_by = `session:${session.id}`;
  if (openUnder(state, title) !== null || whoIsFull(state.signals, raised_by) !== null) return NOTHING;
  const data = {
    signal_id: nextId(state.signals, 'signal'),
    type: 'integration' as const,
    title,
    details: `${refused.message ?? 'The provider does not say why.'} ${stepsFor(refused)}`,
    evidence: [],
    urgency: 'high' as const,
    impact: 'No task is lost or blamed: they go to other sessions, or wait.',
    raised_by,
    session_id: session.id,
    task_id: null,
  };
  return [{ type: 'signal_raised', data }];
}

/** The session completed a task: whatever a person had to do is done. */
export function endRefusal(state: SwarmState, session: Session, now: number): readonly Fact[] {
  const { limited } = session;
  if (limited === null || !needsPerson(limited) || isLimited(session, now)) return NOTHING;
  const signal = openUnder(state, titleOf(session, limited));
  if (signal === null) return NOTHING;
  const resolution = `${session.id} completed a task: the provider takes its work again.`;
  return [
    { type: 'signal_resolved', data: { signal_id: signal.id, outcome: 'resolved', resolution, resolved_by: `session:${session.id}` } },
  ];
}

function titleOf({ id, account }: Session, { reason }: Pick<Refused, 'reason'>): string {
  if (reason === 'model') return `The provider does not have the model that session ${id} asks for`;
  return `The provider refuses the key of ${account === null ? `session ${id}` : `the account ${account}`}`;
}

function stepsFor({ reason }: Refused): string {
  const repair = reason === 'model' ? 'Name a model that it has' : 'Set a key that works, or pay its bill';
  return `${repair}, then start the session anew; by itself it tries one task after a minute, then ever more seldom.`;
}

function openUnder({ signals }: SwarmState, title: string): Signal | null {
  for (const signal of signals.open.values()) if (signal.raised.title === title) return signal;
  return null;
}
