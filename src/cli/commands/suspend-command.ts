/**
 * tutti task suspend: from inside a task, lets others go first. Who the task is comes from the environment that a worker
 * gives it.
 */
import { Failure } from '../../contract/failure.ts';
import type { Environment } from '../../config/environment.ts';
import type { Values } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { counted } from '../output/words.ts';
import { asList, asNumber, asTextOrJson } from '../read-values.ts';

/** tutti task suspend */
export const taskSuspend = operationCommand({
  path: 'task suspend',
  summary: 'From inside a task: wait for others without holding a slot, and run again when they have ended.',
  doing: 'suspend the task',
  operation: 'work.suspend',
  options: [
    {
      flags: '--wait-for <ids>',
      description: 'Tasks to wait for, with commas; may be repeated.',
      read: asList,
      repeatable: true,
      common: true,
    },
    {
      flags: '--checkpoint <text>',
      description: 'What the next attempt should know: text, JSON, or @FILE.',
      read: asTextOrJson,
      common: true,
    },
    {
      flags: '--on-dependency-failure <policy>',
      description: 'When one of them fails: run again (ignore, the default), wait for its retry, or fail too.',
      choices: ['ignore', 'block', 'cascade'],
    },
    { flags: '--task <id>', description: 'The task; default: TUTTI_TASK.', field: 'task_id' },
    { flags: '--session <id>', description: 'The session that holds it; default: TUTTI_SESSION.', field: 'session_id' },
    { flags: '--lease <n>', description: 'Its lease; default: TUTTI_LEASE.', read: asNumber },
  ],
  examples: [
    { run: 'part=$(tutti task add --run "npm test" --parent "$TUTTI_TASK")', says: 'A running task adds a part' },
    { run: 'tutti task suspend --wait-for "$part" && exit', says: 'And waits for it; its slot is free' },
    { run: 'tutti task suspend --wait-for a,b --checkpoint \'{"step": 2}\'', says: 'With a note for its next attempt' },
  ],
  input: (values, { env }) => ({ ...values, ...identityOf(values, env) }),
  print: ({ output }, { terminal }) => {
    const what = output.waiting_for === 0 ? 'nothing: it is ready again' : counted(output.waiting_for, 'task');
    terminal.print(`${cleanLine(output.task_id)} waits for ${what}.`);
  },
});

/** Who the task is. Throws Failure `usage`. */
function identityOf(values: Values, env: Environment): Readonly<Record<string, unknown>> {
  const task_id = values['task_id'] ?? env['TUTTI_TASK'];
  const session_id = values['session_id'] ?? env['TUTTI_SESSION'];
  if (task_id === undefined || session_id === undefined) {
    throw new Failure('usage', { reason: 'This is no task: name it with --task and --session, or run it inside of one.' });
  }
  const lease = values['lease'] ?? (env['TUTTI_LEASE'] === undefined ? undefined : Number(env['TUTTI_LEASE']));
  return { task_id, session_id, ...(lease === undefined ? {} : { lease }) };
}
