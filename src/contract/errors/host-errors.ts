/**
 * What goes wrong where a host keeps sessions.
 */
import { EXIT, entry, type ErrorEntry } from './error-entry.ts';

/** What goes wrong where a host keeps sessions. */
export const HOST_ERRORS = {
  session_not_started: entry(
    422,
    EXIT.failed,
    'The session {session_id} could not be started: {reason}',
    'Correct its entry under `sessions` in the configuration; tmux must be installed.',
  ),
  session_not_hosted: entry(
    404,
    EXIT.missing,
    'No terminal of the session {session_id} is on this machine.',
    '`tutti host` keeps those that the configuration names under `sessions`; its own news say which run.',
  ),
} as const satisfies Record<string, ErrorEntry>;
