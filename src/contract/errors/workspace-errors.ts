/**
 * What breaks where work is done: repositories, worktrees, processes.
 */
import { EXIT, entry, passing, type ErrorEntry } from './error-entry.ts';

/** What breaks where work is done: repositories, worktrees, processes. */
export const WORKSPACE_ERRORS = {
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
