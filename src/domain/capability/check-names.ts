/**
 * What is said of capabilities that nobody defined: refused when the rules say so, else only noted.
 */
import type { Refusal } from '../../contract/failure.ts';
import { refusal } from '../refuse.ts';
import { isMember } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { nearestName } from './nearest-name.ts';

/** Sessions that are looked at for one that has a capability: a note is not worth more. */
const SESSIONS_ASKED = 1000;
const NAMED_AT_MOST = 12;

/** The refusal of the first of these names that nobody defined, if such names are refused. */
export function refuseUndefined(state: SwarmState, names: Iterable<string>): Refusal | null {
  if (state.settings.unknown_capabilities !== 'refuse') return null;
  for (const name of names) {
    if (!state.capabilities.defined.has(name))
      return refusal('capability_unknown', { capability: name, suggestion: suggestionFor(state, name) });
  }
  return null;
}

/** What to say about the names that a session registers with and nobody defined. */
export function notesOnRegistered(state: SwarmState, names: readonly string[]): string[] {
  return names
    .filter((name) => !state.capabilities.defined.has(name))
    .map((name) => `The capability ${name} is not defined. ${suggestionFor(state, name)} \`tutti capability define ${name}\` adds it.`);
}

/** What to say about names that tasks need and nobody defined, when no session has them: such a task could wait for ever. */
export function notesOnNeeded(state: SwarmState, names: ReadonlySet<string>): string[] {
  const notes: string[] = [];
  for (const name of names) {
    if (isCarried(state, name)) continue;
    notes.push(
      `No session has the capability ${name}, and it is not defined. ${suggestionFor(state, name)} The task waits until a session registers with it.`,
    );
  }
  return notes;
}

function suggestionFor({ capabilities }: SwarmState, name: string): string {
  const near = nearestName(name, capabilities.defined.keys());
  if (near !== null) return `Did you mean ${near}?`;
  const names = [...capabilities.defined.keys()];
  const rest = names.length - NAMED_AT_MOST;
  return `Defined are ${names.slice(0, NAMED_AT_MOST).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
}

function isCarried(state: SwarmState, name: string): boolean {
  let asked = 0;
  for (const session of state.sessions.values()) {
    if (isMember(session) && session.capabilities.includes(name)) return true;
    asked += 1;
    if (asked === SESSIONS_ASKED) return true;
  }
  return false;
}
