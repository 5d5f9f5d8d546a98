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
  host_running: entry(
    409,
    EXIT.conflict,
    'Another host keeps the sessions of {folder} already.',
    'Leave it at that, or end the other one: `tutti host`, or `tutti up --keep-sessions`.',
  ),
  tmux_missing: entry(
    503,
    EXIT.failed,
    'The sessions of {folder} run in tmux, which is not on the PATH now: they go on, but nobody looks after them.',
    'Put tmux back on the PATH; a host that runs goes on by itself then, another one is started with `tutti host`.',
  ),
  session_not_hosted: entry(
    404,
    EXIT.missing,
    'No host keeps the session {session_id}.',
    '`tutti host` keeps those that the configuration names under `sessions`; `tutti session processes` lists them.',
  ),
} as const satisfies Record<string, ErrorEntry>;
