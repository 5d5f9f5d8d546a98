/**
 * The groups of the sessions' page: who waits for a person stands first.
 */
import type { SessionView } from '../../../src/contract/views/session-view.ts';

/** A group of sessions. */
export interface SessionGroup {
  readonly title: string;
  readonly sessions: readonly SessionView[];
}

/** The group a session stands in. */
function groupOf({ status, waiting_for_person }: SessionView): 'Needs input' | 'Working' | 'Idle' | 'Offline' {
  if (status === 'offline') return 'Offline';
  if (waiting_for_person.length > 0) return 'Needs input';
  return status === 'busy' ? 'Working' : 'Idle';
}

/** The sessions that fit the words, by group, in the order of their ids. */
export function groupsOf(sessions: readonly SessionView[], typed: string): readonly SessionGroup[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const chosen = sessions
    .filter(({ id, capabilities, role }) => {
      const text = `${id} ${capabilities.join(' ')} ${role ?? ''}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  return (['Needs input', 'Working', 'Idle', 'Offline'] as const).map((title) => ({
    title,
    sessions: chosen.filter((each) => groupOf(each) === title),
  }));
}
