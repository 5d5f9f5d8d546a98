/**
 * What goes wrong with the terminals of sessions.
 */
import { EXIT, entry, type ErrorEntry, passing } from './error-entry.ts';

/** What goes wrong with the terminals of sessions. */
export const TERMINAL_ERRORS = {
  terminal_unknown: entry(
    404,
    EXIT.missing,
    'No host offers a terminal of the session {session_id}.',
    '`tutti session terminals` lists those that there are; `tutti host` offers those of the sessions it keeps.',
  ),
  terminal_taken: entry(
    409,
    EXIT.conflict,
    '{by} types into the terminal of {session_id} until {expires_at}.',
    'Watch it meanwhile, wait, or take it over with `force` (`--force`).',
  ),
  terminal_not_held: entry(
    409,
    EXIT.conflict,
    'The keyboard of {session_id} is not held under this control: {reason}',
    'Take it with `terminal.take`; it ends by itself when its time is over.',
  ),
  terminal_away: passing(
    503,
    EXIT.unreachable,
    'The host of the terminal of {session_id} does not answer: {reason}',
    'The session goes on. Try again once its host is connected; `tutti session terminals` says when.',
  ),
} as const satisfies Record<string, ErrorEntry>;
