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
    { run: 'tutti status --swarm payments', says: 'Another swarm of the same server' },
  ],
  print: async ({ output, client }, { terminal, now }) => {
    const looked = output.tasks.pending === 0 ? null : await client.call('task.list', { status: 'pending', limit: PENDING_LOOKED_AT });
    terminal.print(...statusText(output, { url: client.url, pending: looked?.tasks ?? [], now: now() }, terminal));
    if (output.sessions.total === 0) terminal.say('', 'No session is registered. Start one: tutti worker --capabilities build');
  },
});
