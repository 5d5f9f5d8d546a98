/**
 * What a policy without memory is: given the sessions that want work, it names the next pair of task and session.
 * Policies are pure; the dispatcher records what they choose.
 */
import type { AssignmentTerms } from '../../contract/events/task-events.ts';
import type { Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import type { Task } from '../task/state.ts';

/** A task, the session that should get it, and why. */
export interface Choice {
  readonly task: Task;
  readonly session: Session;
  /** How good the pair is by the policy's own measure, 0 to 1. */
  readonly score: number;
  readonly why: AssignmentTerms;
}

/** A named way to choose. */
export interface DispatchPolicy {
  readonly name: string;
  /** The next choice among sessions with a free slot, or null when nothing fits. */
  readonly choose: (state: SwarmState, free: readonly Session[]) => Choice | null;
}

/** Candidates that an event names. */
export const NAMED = 5;

/** The candidates that are named, the chosen one first, and how many more of `count` there were. `candidates` come best first. */
export function namedCandidates(
  candidates: readonly { readonly session: Session; readonly terms: Readonly<Record<string, number>> }[],
  chosen: Session,
  count = candidates.length,
): Pick<AssignmentTerms, 'candidates' | 'more'> {
  const first = candidates.filter(({ session }) => session === chosen);
  const shown = [...first, ...candidates.filter(({ session }) => session !== chosen)].slice(0, NAMED);
  return {
    candidates: shown.map(({ session, terms }) => ({ session_id: session.id, terms: roundedTerms(terms) })),
    more: count - shown.length,
  };
}

/** Whole numbers below this have no more than four digits. */
const EXACT_BELOW = 10_000;

/** Numbers with four significant digits: more would only fill the log. */
export function roundedTerms(terms: Readonly<Record<string, number>>): Record<string, number> {
  const rounded: Record<string, number> = {};
  for (const name of Object.keys(terms)) {
    const value = terms[name] ?? 0;
    rounded[name] = Number.isInteger(value) && value > 0 && value < EXACT_BELOW ? value : Number(value.toPrecision(4));
  }
  return rounded;
}
