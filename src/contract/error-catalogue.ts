/**
 * The catalogue of every way Tutti says no. One entry per stable code: what a person reads,
 * the HTTP status, the exit code of the command line, whether a retry can help, and the next step.
 * Only the server and the command line map a code to a status or an exit code.
 *
 * Messages may name parameters in braces: `{task_id}` is filled from the failure's `params`.
 */

/** One line of the catalogue. */
export interface ErrorEntry {
  readonly message: string;
  readonly http: number;
  readonly exit: number;
  readonly retryable: boolean;
  readonly hint: string;
}

const EXIT = { failed: 1, usage: 2, missing: 3, auth: 4, unreachable: 5, conflict: 6, workFailed: 7, pending: 8 } as const;

function entry(http: number, exit: number, message: string, hint: string): ErrorEntry {
  return { message, http, exit, retryable: false, hint };
}

function passing(http: number, exit: number, message: string, hint: string): ErrorEntry {
  return { message, http, exit, retryable: true, hint };
}

/** Code → meaning. Codes are stable: they are part of the contract and never change their sense. */
export const ERRORS = {
  // The request itself
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
  method_not_allowed: entry(405, EXIT.usage, '{path} does not answer to {method}.', 'Use {allowed}.'),
  unauthenticated: entry(
    401,
    EXIT.auth,
    'No valid token came with the request.',
    'Send `authorization: Bearer TOKEN`; `tutti token` prints it.',
  ),
  forbidden: entry(403, EXIT.auth, 'The role {role} may not do {operation}.', 'Use a token with the role {needed}.'),
  request_malformed: entry(400, EXIT.usage, 'The request is not valid HTTP: {reason}', 'Send plain HTTP/1.1.'),
  host_refused: entry(403, EXIT.auth, 'The host name {host} is not one this server answers to.', 'Use 127.0.0.1 or localhost.'),
  origin_refused: entry(403, EXIT.auth, 'Requests from the origin {origin} are refused.', 'Open the page from the server itself.'),
  too_many_requests: passing(
    429,
    EXIT.failed,
    'The server has more work queued than it takes: {reason}',
    'Wait `retry_after` seconds and send it again.',
  ),

  // Tasks
  task_unknown: entry(404, EXIT.missing, 'There is no task {task_id}.', '`tutti task list` shows the tasks.'),
  task_exists: entry(
    409,
    EXIT.conflict,
    'The task {task_id} exists already with other content.',
    'Choose another id, or leave the id out.',
  ),
  dependency_unknown: entry(
    422,
    EXIT.conflict,
    'The task {task_id} depends on {dependency}, which does not exist.',
    'Add {dependency} first, or in the same request.',
  ),
  dependency_cycle: entry(422, EXIT.conflict, 'These tasks would wait for each other: {cycle}', 'Remove one of these dependencies.'),
  task_not_ready: entry(
    409,
    EXIT.conflict,
    'The task {task_id} cannot start: {reason}',
    '`tutti task show {task_id}` says what it waits for.',
  ),
  task_taken: entry(409, EXIT.conflict, 'The task {task_id} is held by {holder}.', 'Ask for other work with `GET /work/request`.'),
  task_terminal: entry(409, EXIT.conflict, 'The task {task_id} is already {status}.', '`tutti task retry {task_id}` runs it again.'),
  task_not_terminal: entry(
    409,
    EXIT.conflict,
    'The task {task_id} is {status} and has not ended.',
    'Cancel it first: `tutti task cancel {task_id}`.',
  ),
  task_retired: entry(
    409,
    EXIT.conflict,
    'The task {task_id} ended as {status} long ago and left memory.',
    'Add it again under another id.',
  ),
  capability_missing: entry(
    409,
    EXIT.conflict,
    'The session {session_id} lacks the capability {capability} of task {task_id}.',
    'Register the session with this capability.',
  ),
  no_free_slot: entry(
    409,
    EXIT.conflict,
    'The session {session_id} already works on {running} of {slots} tasks.',
    'Complete one first, or register with a higher max_concurrent_tasks.',
  ),
  lease_stale: entry(
    409,
    EXIT.conflict,
    'The lease {lease} on task {task_id} is no longer valid.',
    'Stop this work: it was given to another attempt. Ask for new work.',
  ),
  not_holder: entry(
    403,
    EXIT.conflict,
    'The session {session_id} does not hold the task {task_id}.',
    'Claim it first, or let its holder report.',
  ),

  // Sessions
  session_unknown: entry(404, EXIT.missing, 'There is no session {session_id}.', 'Register it: `POST /session/register`.'),
  session_ended: entry(
    409,
    EXIT.conflict,
    'The session {session_id} has deregistered.',
    'Register it again before it reports or asks for work.',
  ),
  incarnation_stale: entry(
    409,
    EXIT.conflict,
    'The session {session_id} was registered again by another process.',
    'Stop this process, or register under another id.',
  ),
  credential_invalid: entry(
    401,
    EXIT.auth,
    'The session credential does not fit the session {session_id}.',
    'Use the credential that register returned.',
  ),

  // Locks
  lock_taken: entry(
    409,
    EXIT.conflict,
    'The lock {name} cannot be had: {holder} holds {held} until {expires_at}.',
    'Do something else first, then ask again; it is free when {holder} releases it, at the latest in {seconds} s.',
  ),
  lock_lost: entry(
    409,
    EXIT.conflict,
    'The session {session_id} does not hold the lock {name}: {reason}.',
    'Stop what needs it, then acquire it again: `tutti lock acquire {name}`.',
  ),
  lock_limit: entry(
    409,
    EXIT.conflict,
    '{who} holds {limit} locks, and no more are given.',
    'Release some, or lock a glob instead of files.',
  ),

  // Messages
  message_unknown: entry(
    404,
    EXIT.missing,
    'There is no message {message_id} in the mailbox of {mailbox}.',
    '`tutti message list` shows what is there; older messages are in `tutti event list --type message_sent`.',
  ),
  mailbox_full: entry(
    409,
    EXIT.conflict,
    'The mailbox of {mailbox} is full: {unread} messages are not read.',
    'Put what is not urgent into the knowledge base, and send it again once {mailbox} has read.',
  ),
  channel_empty: entry(404, EXIT.missing, 'Nobody else is in the channel {channel}.', '`tutti message channels` shows the channels.'),
  channel_full: entry(409, EXIT.conflict, 'The channel {channel} takes no more: {reason}.', 'Use another channel, or all.'),

  // Swarms
  swarm_unknown: entry(404, EXIT.missing, 'There is no swarm {swarm} on this server.', 'It serves: {known}.'),

  command_reused: entry(
    409,
    EXIT.conflict,
    'The command id {command_id} was used for another command.',
    'Give every command an id of its own.',
  ),

  worker_running: entry(
    409,
    EXIT.conflict,
    'Another worker runs the session {session_id} here: {folder}',
    'Stop that worker, or start this one under another session id.',
  ),

  // The log and the server
  event_unknown: entry(
    404,
    EXIT.missing,
    'There is no event {seq}; the last one is {head}.',
    '`tutti event list` shows the newest events.',
  ),
  event_too_large: entry(
    413,
    EXIT.usage,
    'The command would make an event of {bytes} bytes; the limit is {limit}.',
    'Store large content as a file and name it in the task.',
  ),
  journal_locked: entry(
    409,
    EXIT.conflict,
    'The data folder {folder} is in use by process {pid} since {since}.',
    'Use that server, or stop it with `tutti down`.',
  ),
  journal_damaged: entry(
    500,
    EXIT.failed,
    'The log is damaged at events {first_seq} to {last_seq}: {reason}',
    '{good_events} events before it are intact; run `tutti doctor` before anything else.',
  ),
  journal_behind: entry(
    503,
    EXIT.failed,
    'The log ends at event {seq}, but event {witness_seq} was acknowledged before.',
    'Restore the newest copy of the data folder; until then the server is read-only.',
  ),
  journal_version: entry(
    500,
    EXIT.failed,
    'The log was written by a newer Tutti (format {found}, this one knows {known}).',
    'Start it with that version or a newer one.',
  ),
  sqlite_unsafe: entry(
    500,
    EXIT.failed,
    'This Node carries SQLite {version}, which can lose committed data; {needed} or newer is needed.',
    'Install a newer Node 24, then start again.',
  ),
  journal_failed: passing(
    503,
    EXIT.failed,
    'The log could not be written: {reason}',
    'Nothing was changed. Free disk space or repair the disk; the server tries again by itself.',
  ),
  read_only: entry(503, EXIT.failed, 'The server is read-only: {reason}', 'Run `tutti doctor`.'),
  shutting_down: passing(503, EXIT.failed, 'The server is shutting down.', 'Send it again once the server is back.'),
  server_unreachable: passing(
    503,
    EXIT.unreachable,
    'No Tutti server answers at {url}: {reason}',
    'Start one with `tutti up`, or name it with --server.',
  ),
  call_aborted: entry(
    499,
    EXIT.failed,
    'The call of {operation} was ended by its caller.',
    'The server may have done it all the same; ask it what happened.',
  ),
  server_not_found: entry(
    503,
    EXIT.unreachable,
    'No running Tutti server was found from {folder} upwards.',
    'Start one with `tutti up`, or name it with --server.',
  ),
  auth_required: entry(
    500,
    EXIT.usage,
    'Without authentication the server listens on this machine only, not on {host}.',
    'Leave --no-auth out, or listen on 127.0.0.1.',
  ),
  secret_unusable: entry(
    500,
    EXIT.auth,
    'The file {path} holds no secret of Tutti: {reason}',
    'Move it away; a new one is made at the next start, and tokens made with the old one end.',
  ),
  port_taken: entry(500, EXIT.failed, 'The port {port} is taken.', 'Choose another with --port, or leave --port out.'),
  timed_out: passing(504, EXIT.failed, '{what} did not happen within {seconds} s.', 'Look at `tutti status`, then try again.'),
  data_folder_missing: entry(
    404,
    EXIT.missing,
    'There is no data folder of Tutti at {folder}.',
    '`tutti up` makes one; --data names another.',
  ),
  config_invalid: entry(
    500,
    EXIT.usage,
    'The configuration in {place} is not valid: {issues}',
    'Correct {place}; `tutti config get --show-origin` shows where each value comes from.',
  ),
  server_unverified: entry(
    409,
    EXIT.conflict,
    'Process {pid} does not answer as the server of {folder}: {reason}',
    'Nothing was stopped. Look at the process first: `ps -fp {pid}`.',
  ),
  work_failed: entry(422, EXIT.workFailed, '{what} ended as {status}: {reason}', '`tutti task show {task_id}` says why.'),
  work_pending: entry(504, EXIT.pending, '{what} had not ended after {seconds} s.', '`tutti task show {task_id}` says what it waits for.'),
  usage: entry(400, EXIT.usage, '{reason}', 'Run the command with --help.'),
  node_too_old: entry(500, EXIT.failed, 'Tutti needs Node 24 or newer; this is {version}.', 'Install Node 24, then run the command again.'),
  internal: entry(500, EXIT.failed, 'Tutti made a mistake: {reason}', 'Please report it with the log: `tutti logs`.'),

  // Work in a repository
  repository_unusable: entry(
    422,
    EXIT.failed,
    'The repository {repository} cannot be used: {reason}',
    'Name a git repository with at least one commit.',
  ),
  base_unknown: entry(
    422,
    EXIT.failed,
    'The repository {repository} has no commit {base}.',
    'Name an existing branch or commit in spec.base.',
  ),
  worktree_failed: passing(
    500,
    EXIT.failed,
    'A worktree for task {task_id} could not be made: {reason}',
    'Free disk space or remove stale worktrees; the task is retried.',
  ),
  worktree_kept: entry(
    409,
    EXIT.conflict,
    'The worktree {path} holds work that is nowhere else: {reason}',
    'It was kept. Merge or push its branch {branch} first.',
  ),
  merge_conflict: entry(
    409,
    EXIT.conflict,
    'The branch {branch} conflicts with {into} in {files}.',
    'Rebase the branch, then merge again.',
  ),
  git_failed: entry(500, EXIT.failed, 'git {command} failed in {folder}: {reason}', 'Correct what git names, then try again.'),
  branch_checked_out: entry(
    409,
    EXIT.conflict,
    'The branch {branch} is checked out in {path}.',
    'Merge into another branch, or switch {path} to another one first.',
  ),
  merge_contended: passing(
    409,
    EXIT.conflict,
    'The branch {branch} could not be moved: {reason}',
    'Others move it at the same time; try again.',
  ),
  worktree_unfinished: entry(
    409,
    EXIT.conflict,
    'The worktree {path} is in the middle of a {operation}.',
    'Finish or abort it in {path}; nothing was committed.',
  ),
  script_failed: entry(422, EXIT.failed, 'The command of task {task_id} ended with {how}.', 'Read its log: {log_file}'),
  script_not_started: entry(
    422,
    EXIT.failed,
    'The command of task {task_id} could not be started: {reason}',
    'Correct spec.run; the command and its folder must exist on the worker.',
  ),
  processes_left: entry(
    500,
    EXIT.failed,
    'The processes {pids} of task {task_id} could not be ended.',
    'End them by hand; what they still change is no part of the evidence.',
  ),
  script_missing: entry(422, EXIT.failed, 'The task {task_id} names no command to run.', 'Put the command into spec.run.'),
  evidence_unwritable: passing(
    500,
    EXIT.failed,
    'The log of task {task_id} could not be written: {reason}',
    'Free disk space under {path}; the task is retried.',
  ),
} as const satisfies Record<string, ErrorEntry>;

/** A stable error code of Tutti. */
export type ErrorCode = keyof typeof ERRORS;
