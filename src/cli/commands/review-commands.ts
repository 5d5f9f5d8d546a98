/**
 * tutti task approve and tutti task rework: a person's verdict on what a task left behind.
 */
import { Failure } from '../../contract/failure.ts';
import type { ReviewComment } from '../../contract/operations/task-operations.ts';
import type { CliArgument } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';

const TASK: CliArgument = { field: 'task_id', shown: 'task', description: 'Id of the task.' };

/** tutti task approve */
export const taskApprove = operationCommand({
  path: 'task approve',
  summary: 'Approve the work of a task; a worker merges it.',
  doing: 'approve the work',
  operation: 'task.review',
  args: [TASK],
  options: [
    { flags: '--into <branch>', description: 'Branch that gets the work; made when it is missing.', common: true },
    { flags: '--repository <folder>', description: "On the worker's machine; default: the task's." },
  ],
  examples: [
    { run: 'tutti task approve docs-001 --into approved', says: 'Merge its work into a branch' },
    { run: 'tutti task diff docs-001', says: 'Look at it before' },
    { run: 'tutti task show docs-001-merge', says: 'What became of the merge' },
  ],
  input: ({ task_id, into, repository }) => ({ task_id, verdict: 'approve', into, repository }),
  print: ({ output }, { terminal }) => terminal.print(`Approved; ${cleanLine(output.follow_up ?? '')} merges it.`),
});

/** tutti task rework */
export const taskRework = operationCommand({
  path: 'task rework',
  summary: 'Have the work of a task changed.',
  doing: 'have the work changed',
  operation: 'task.review',
  args: [TASK],
  options: [
    { flags: '--summary <text>', description: 'What matters most.', common: true },
    { flags: '--comment <path:line:text...>', description: 'What is said of a line; several times.', common: true },
  ],
  examples: [
    { run: 'tutti task rework docs-001 --summary "Say it shorter"', says: 'A task goes on where it ended' },
    { run: 'tutti task rework docs-001 --comment "README.md:3:Which one?"', says: 'Comment a line' },
    { run: 'tutti task rework eng-7 --summary "Stop: other plan"', says: 'While it runs, its session gets a message' },
  ],
  input: ({ task_id, summary, comment }) => ({
    task_id,
    verdict: 'request_changes',
    summary,
    ...(Array.isArray(comment) ? { comments: (comment as string[]).map((text) => commentOf(text)) } : {}),
  }),
  print: ({ output: { follow_up } }, { terminal }) =>
    terminal.print(follow_up === null ? 'Sent to the session that works on it.' : `${cleanLine(follow_up)} goes on with it.`),
});

/** Reads `path:line:text`; a path may have colons. Throws Failure `usage`. */
function commentOf(given: string): ReviewComment {
  const [, path, line, text] = /^(.+?):(\d+):(.+)$/s.exec(given) ?? [];
  if (path === undefined || text === undefined)
    throw new Failure('usage', { reason: `--comment: ${given} is not of the form path:line:text` });
  return { path, line: Number(line), text: text.trim() };
}
