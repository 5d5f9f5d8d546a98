/**
 * A request that cannot be understood or is not allowed.
 */
import { EXIT, entry, passing, type ErrorEntry } from './error-entry.ts';

/** A request that cannot be understood or is not allowed. */
export const REQUEST_ERRORS = {
  resource_unknown: entry(
    404,
    EXIT.missing,
    'There is no resource {uri}.',
    'Resources are tutti://status, tutti://task/ID and tutti://knowledge/TOPIC.',
  ),
  invalid_input: entry(
    400,
    EXIT.usage,
    'The input is not valid: {issues}',
    'Correct the named fields; `GET /openapi.json` describes them.',
  ),
  invalid_json: entry(400, EXIT.usage, 'The body is not valid JSON: {reason}', 'Send one JSON object, UTF-8 encoded.'),
  body_too_large: entry(413, EXIT.usage, 'The body has more than {limit} bytes.', 'Store large content as a file and name it in the task.'),
  unsupported_media_type: entry(
    415,
    EXIT.usage,
    'The content type {media_type} is not understood.',
    'Send `content-type: application/json`.',
  ),
  answer_too_large: entry(
    422,
    EXIT.failed,
    'The answer would have more than {limit} characters.',
    'Ask for less at once: lists take `limit` and `cursor`.',
  ),
  operation_unknown: entry(404, EXIT.missing, 'There is no operation {operation}.', '`GET /openapi.json` lists every operation.'),
  event_type_unknown: entry(
    422,
    EXIT.usage,
    'There is no event type {type}.',
    'Near it: {near}. `tutti event list --json | jq -r .events[].type` shows those that happened.',
  ),
  method_not_allowed: entry(405, EXIT.usage, '{path} does not answer to {method}.', 'Use {allowed}.'),
  unauthenticated: entry(
    401,
    EXIT.auth,
    'No valid token came with the request.',
    'Send `authorization: Bearer TOKEN`; `tutti token` prints it.',
  ),
  forbidden: entry(403, EXIT.auth, 'The role {role} may not do {operation}.', 'Use a token with the role {needed}.'),
  request_malformed: entry(400, EXIT.usage, 'The request is not valid HTTP: {reason}', 'Send plain HTTP/1.1.'),
  host_refused: entry(
    403,
    EXIT.auth,
    'The host name {host} is not one this server answers to.',
    'Use 127.0.0.1 or localhost, or allow the name with `allowed_hosts`.',
  ),
  origin_refused: entry(
    403,
    EXIT.auth,
    'Requests from the origin {origin} are refused.',
    'Open the page from the server itself, or allow its origin with `allowed_origins`.',
  ),
  too_many_requests: passing(
    429,
    EXIT.failed,
    'The server has more work queued than it takes: {reason}',
    'Wait `retry_after` seconds and send it again.',
  ),
} as const satisfies Record<string, ErrorEntry>;
