/**
 * What goes wrong when an agent or a model works on a task.
 */
import { EXIT, entry, passing, type ErrorEntry } from './error-entry.ts';

/** What goes wrong when an agent or a model works on a task. */
export const AGENT_ERRORS = {
  agent_failed: entry(422, EXIT.failed, 'The agent did not finish task {task_id}: {reason}', 'Read its log: {log_file}'),
  runner_unknown: entry(422, EXIT.usage, 'There is no runner {runner}.', 'Known are: {known}.'),
  runner_unready: entry(
    422,
    EXIT.failed,
    'The runner {runner} cannot be used: {reason}.',
    'Install it, name another with --program, or set what is missing in the environment or the configuration.',
  ),
  role_unknown: entry(
    422,
    EXIT.usage,
    'There is no role {role}.',
    'Known are: {known}. Others are added under `roles` in the configuration.',
  ),
  agent_refused: entry(
    422,
    EXIT.failed,
    'The provider refuses the agent of task {task_id}: {reason}',
    'The task is given back. Set a key that works, pay its bill or name a model that there is, then start the session anew.',
  ),
  agent_limited: passing(
    429,
    EXIT.failed,
    'The agent of task {task_id} has reached a {limit} limit; it can go on {when}.',
    'Nothing needs to be done: the task waits until then. Another account or runner can take it sooner.',
  ),
} as const satisfies Record<string, ErrorEntry>;
