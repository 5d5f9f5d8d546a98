/**
 * What the rules of decisions, signals and requests for colleagues refuse.
 */
import { EXIT, entry, type ErrorEntry } from './error-entry.ts';

/** What the rules of decisions, signals and requests for colleagues refuse. */
export const DECISION_ERRORS = {
  decision_unknown: entry(404, EXIT.missing, 'There is no decision {decision_id}.', '`tutti decision list` shows what was asked.'),
  decision_closed: entry(
    409,
    EXIT.conflict,
    'The decision {decision_id} was {status} already: {outcome}, at {at}.',
    'Nothing needs to be done; `tutti decision show {decision_id}` shows its record. Another choice is another decision.',
  ),
  answer_not_offered: entry(
    400,
    EXIT.usage,
    '"{answer}" is none of the options of {decision_id}: {options}.',
    'Answer with one of the options, word for word.',
  ),
  person_needed: entry(
    403,
    EXIT.auth,
    'The session {session_id} cannot answer {decision_id}: that is for a person.',
    'Vote on it, or wait for the answer.',
  ),
  not_asker: entry(
    403,
    EXIT.auth,
    'The session {session_id} did not ask {decision_id} and cannot withdraw it.',
    'Leave it to whoever asked, or to a person.',
  ),
  inbox_full: entry(
    409,
    EXIT.conflict,
    '{who} has {limit} open {what}, and no more are taken.',
    'Wait until some are dealt with, or withdraw those that nobody needs.',
  ),
  signal_unknown: entry(404, EXIT.missing, 'There is no signal {signal_id}.', '`tutti signal list` shows what was raised.'),
  signal_closed: entry(409, EXIT.conflict, 'The signal {signal_id} was {status} already by {by}.', 'Raise another one if it is back.'),
  colleague_request_unknown: entry(
    404,
    EXIT.missing,
    'There is no request {request_id} for a colleague.',
    '`tutti inbox list` shows what waits.',
  ),
  colleague_request_closed: entry(
    409,
    EXIT.conflict,
    'The request {request_id} was {status} already.',
    'Ask again if another colleague is needed.',
  ),
  inbox_item_unknown: entry(404, EXIT.missing, 'There is no {item_id} in the inbox.', '`tutti inbox list` shows what waits.'),
} as const satisfies Record<string, ErrorEntry>;
