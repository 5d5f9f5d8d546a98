/**
 * The commands that explain: why a task is not running or runs where it does, why a session gets no task.
 */
import type { CliCommand } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { ESTIMATES_COLUMNS } from '../output/estimates-text.ts';
import { table } from '../output/table.ts';
import { sessionExplanationText, taskExplanationText } from '../output/why-text.ts';

/** tutti why task */
const whyTask = operationCommand({
  path: 'why task',
  summary: 'Say why a task is not running and what would change that, or why it runs where it does.',
  doing: 'explain the task',
  operation: 'explain.task',
  args: [{ field: 'task_id', shown: 'task', description: 'Id of the task.' }],
  examples: [
    { run: 'tutti why task build-001', says: 'What it waits for, and who could do it' },
    { run: 'tutti why task build-001 --json', says: 'Every number behind it' },
    { run: 'tutti task show build-001', says: 'The task itself' },
  ],
  print: ({ output }, { terminal }) => terminal.print(...taskExplanationText(output, terminal)),
});

/** tutti why session */
const whySession = operationCommand({
  path: 'why session',
  summary: 'Say why a session gets no task, or why it holds those it has.',
  doing: 'explain the session',
  operation: 'explain.session',
  args: [{ field: 'session_id', shown: 'session', description: 'Id of the session.' }],
  examples: [
    { run: 'tutti why session w1', says: 'Why it is idle' },
    { run: 'tutti why session w1 --json', says: 'The same for a program' },
    { run: 'tutti session show w1', says: 'The session itself' },
  ],
  print: ({ output }, { terminal }) => terminal.print(...sessionExplanationText(output, terminal)),
});

/** tutti why estimates */
const whyEstimates = operationCommand({
  path: 'why estimates',
  summary: 'Say what is expected of each kind of task, and how far these expectations deserve trust.',
  doing: 'judge the estimates',
  operation: 'explain.estimates',
  examples: [
    { run: 'tutti why estimates', says: 'Durations and chances of success by kind of task, judged' },
    { run: 'tutti why estimates --json', says: 'The same for a program' },
    { run: 'tutti why task build-001', says: 'What the estimates mean for one task' },
  ],
  print: ({ output }, { terminal }) => {
    if (output.kinds.length === 0) terminal.say('Nothing is known yet: no attempt has ended.');
    else terminal.print(...table(output.kinds, ESTIMATES_COLUMNS, terminal));
    if (output.more > 0) terminal.say(`and ${output.more} more kinds`);
  },
});

/** Every command of this file. */
export const WHY_COMMANDS: readonly CliCommand[] = [whyTask, whySession, whyEstimates];
