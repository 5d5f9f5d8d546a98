/**
 * What the rules of tasks refuse.
 */
import { EXIT, entry, type ErrorEntry } from './error-entry.ts';

/** What the rules of tasks refuse. */
export const TASK_ERRORS = {
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
  task_terminal: entry(
    409,
    EXIT.conflict,
    'The task {task_id} is already {status}.',
    'One that failed or was cancelled runs again with `tutti task retry {task_id}`; add one that completed under another id.',
  ),
  task_not_terminal: entry(
    409,
    EXIT.conflict,
    'The task {task_id} is {status} and has not ended.',
    'Cancel it first: `tutti task cancel {task_id}`.',
  ),
  review_refused: entry(
    409,
    EXIT.conflict,
    'The work of the task {task_id} cannot be reviewed: {reason}.',
    '`tutti task show {task_id}` shows its state and its evidence.',
  ),
  task_retired: entry(
    409,
    EXIT.conflict,
    'The task {task_id} ended as {status} long ago, and the log no longer tells how it began.',
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
  task_cancelled: entry(
    409,
    EXIT.conflict,
    'The task {task_id} was cancelled: {reason}',
    'Stop this work; its result is not taken. `tutti task retry {task_id}` runs it again.',
  ),
  idempotency_conflict: entry(
    409,
    EXIT.conflict,
    'The idempotency key {key} was used for {whose} with other content.',
    'Use another key for another task, or send exactly what was sent before.',
  ),
  parent_ended: entry(
    409,
    EXIT.conflict,
    'The task {parent} is {status}, so {task_id} cannot become a part of it.',
    'Add it without a parent, or as a part of an unfinished task.',
  ),
  parts_too_deep: entry(
    409,
    EXIT.conflict,
    'The task {parent} is itself a part at depth {depth}; parts go no deeper than {limit}.',
    'A task that keeps adding parts of parts is most likely running wild: look at it, or add the task without a parent.',
  ),
  nothing_chosen: entry(400, EXIT.usage, '{what}', 'Name tasks, or a filter with at least one field, not both.'),
  work_paused: entry(
    409,
    EXIT.conflict,
    'Nothing new begins here: {what} is paused. {reason}',
    '`tutti status` shows what is paused, and the command that ends each pause.',
  ),
  pause_limit: entry(409, EXIT.conflict, '{limit} capabilities are paused already.', 'Resume some, or pause the whole swarm.'),
  group_unknown: entry(404, EXIT.missing, 'There is no group {group}.', '`tutti task group` shows the groups.'),
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
} as const satisfies Record<string, ErrorEntry>;
