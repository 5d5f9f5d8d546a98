/**
 * What breaks around the log and the server.
 */
import { EXIT, entry, passing, type ErrorEntry } from './error-entry.ts';

/** What breaks around the log and the server. */
export const SERVER_ERRORS = {
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
  journal_taken: passing(
    503,
    EXIT.conflict,
    'Another server has taken over the log: {reason}',
    'This server ends, and loses nothing. Use the other one; `tutti status` finds it.',
  ),
  journal_removed: passing(
    503,
    EXIT.failed,
    'The file {file} of the log was removed or replaced beneath the running server.',
    'Nothing more is acknowledged, and this server ends. `tutti restore` brings back a backup; without one, start anew. `git clean -x` and `rm -rf` are the usual causes.',
  ),
  journal_damaged: entry(
    500,
    EXIT.failed,
    'The log is damaged at events {first_seq} to {last_seq}: {reason}',
    '{good_events} events before it are intact. `tutti event verify` says where it is, and with `--repair-into FOLDER` makes a log of all that can be kept.',
  ),
  journal_behind: entry(
    503,
    EXIT.failed,
    'The log ends at event {seq}, but event {witness_seq} was acknowledged before.',
    'Restore the newest copy of the data folder; until then the server is read-only.',
  ),
  journal_mixed: entry(
    503,
    EXIT.failed,
    'This log is not the one that was here, which had reached event {witness_seq}.',
    'Its file was put in the place of another one. Put the right `journal.db` back; if this one is meant to be here, remove `witness.json` beside it.',
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
    'Nothing was changed. Free disk space or repair the disk; a server that runs tries again by itself.',
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
  memory_exhausted: entry(
    500,
    EXIT.failed,
    'The server ran out of memory before it was ready: its log needs more than it may use.',
    'Nothing was changed. Allow it more, in MB: `NODE_OPTIONS=--max-old-space-size=4096 tutti up`.',
  ),
  data_folder_missing: entry(
    404,
    EXIT.missing,
    'There is no data folder of Tutti at {folder}.',
    '`tutti up` makes one; --data names another.',
  ),
  address_unusable: entry(
    500,
    EXIT.failed,
    'The server cannot listen on {host}, port {port}: {reason}',
    'Name an address of this machine with --host, and a port from 1024 on with --port.',
  ),
  data_folder_unusable: entry(
    500,
    EXIT.failed,
    'The data folder {folder} cannot be used: {reason}',
    'Make it writable, or name another with --data.',
  ),
  config_invalid: entry(
    500,
    EXIT.usage,
    'The configuration in {place} is not valid: {issues}',
    'Correct {place}; `tutti config get --show-origin` shows where each value comes from.',
  ),
  server_silent: entry(
    503,
    EXIT.unreachable,
    'The server of {folder} (process {pid}) runs, but does not answer at {url}: {reason}',
    'Nothing was stopped. Wait a moment, or end it with `tutti down --force`: whatever it acknowledged is safe.',
  ),
  server_unverified: entry(
    409,
    EXIT.conflict,
    'Process {pid} does not answer as the server of {folder}: {reason}',
    'Nothing was stopped. Look at the process first: `ps -fp {pid}`.',
  ),
  work_failed: entry(422, EXIT.workFailed, '{what} ended as {status}: {reason}', '`tutti task show {task_id}` says why.'),
  work_pending: entry(504, EXIT.pending, '{what} had not ended after {seconds} s.', '`tutti task show {task_id}` says what it waits for.'),
  configuration_foreign: entry(
    409,
    EXIT.conflict,
    '{file} has a {what} that Tutti did not put there.',
    'Look at it; rename or remove it yourself, then install again.',
  ),
  configuration_unreadable: entry(
    400,
    EXIT.usage,
    '{file} cannot be changed: {reason}.',
    'Nothing was changed. Mend it and run this again, or add by hand what `tutti install` with `--dry-run` shows in an empty folder.',
  ),
  configuration_readonly: entry(409, EXIT.conflict, '{file} is read-only.', 'Make it writable; `--dry-run` shows what would change.'),
  usage: entry(400, EXIT.usage, '{reason}', 'Run the command with --help.'),
  node_too_old: entry(500, EXIT.failed, 'Tutti needs Node 24 or newer; this is {version}.', 'Install Node 24, then run the command again.'),
  internal: entry(500, EXIT.failed, 'Tutti made a mistake: {reason}', 'Please report it with the log: `tutti logs`.'),
} as const satisfies Record<string, ErrorEntry>;
