/**
 * tutti status: the whole swarm at a glance.
 */
import { operationCommand } from '../operation-command.ts';
import { statusText } from '../output/status-text.ts';

const PENDING_LOOKED_AT = 200;

/** tutti status */
export const statusCommand = operationCommand({
  path: 'status',
  summary: 'The whole swarm at a glance: what needs you, sessions, tasks, the last hour.',
  doing: 'show the status',
  operation: 'swarm.status',
  examples: [
    { run: 'tutti status', says: 'How is it going' },
    { run: 'tutti status --json | jq .tasks', says: 'Numbers for a script' },
    { run: 'tutti status --at -10m', says: 'How it was ten minutes ago' },
  ],
  print: async ({ output, client, moment }, { terminal, now }) => {
    const pending = { ...moment, status: 'pending', limit: PENDING_LOOKED_AT } as const;
    const looked = output.tasks.pending === 0 ? null : await client.call('task.list', pending);
    const then = moment.at === undefined ? now() : Date.parse(output.time);
    terminal.print(...statusText(output, { url: client.url, pending: looked?.tasks ?? [], now: then }, terminal));
    if (output.sessions.total === 0) terminal.say('', 'No session is registered. Start one: tutti worker --capabilities build');
  },
});
