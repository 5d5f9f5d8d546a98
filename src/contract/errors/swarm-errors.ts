/**
 * What is said of swarms and commands.
 */
import { EXIT, entry, type ErrorEntry } from './error-entry.ts';

/** What is said of swarms and commands. */
export const SWARM_ERRORS = {
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
} as const satisfies Record<string, ErrorEntry>;
