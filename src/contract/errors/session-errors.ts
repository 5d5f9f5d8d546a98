/**
 * What the rules of sessions refuse.
 */
import { EXIT, entry, type ErrorEntry } from './error-entry.ts';

/** What the rules of sessions refuse. */
export const SESSION_ERRORS = {
  session_unknown: entry(404, EXIT.missing, 'There is no session {session_id}.', 'Register it: `POST /session/register`.'),
  session_needed: entry(
    400,
    EXIT.usage,
    'The tool {tool} needs a session, and you have none yet.',
    'Call register first, with what you can do; or name your session in session_id.',
  ),
  session_ended: entry(
    409,
    EXIT.conflict,
    'The session {session_id} has deregistered.',
    'Register it again before it reports or asks for work.',
  ),
  incarnation_stale: entry(
    409,
    EXIT.replaced,
    'The session {session_id} was registered again by another process.',
    'Stop this process, or register under another id.',
  ),
  credential_invalid: entry(
    401,
    EXIT.auth,
    'The session credential does not fit the session {session_id}.',
    'Use the credential that register returned.',
  ),
} as const satisfies Record<string, ErrorEntry>;
