/**
 * Makes the demo's swarm ready for a run: what an interrupted run left is cancelled, the rules are changed, and the ids
 * of this run are kept apart from those of earlier ones.
 */
import type { TuttiClient } from '../client/client.ts';
import type { SettingsPatch } from '../contract/settings.ts';
import type { TaskView } from '../contract/views/task-view.ts';

/** Where this run begins. */
export interface PreparedSwarm {
  /** The last event before it. */
  readonly since: number;
  /** What the ids of its tasks end with; empty for the first run. */
  readonly suffix: string;
}

/** Prepares. Rejects as calls do. */
export async function prepareSwarm(client: TuttiClient, settings: SettingsPatch): Promise<PreparedSwarm> {
  const earlier = await allTasks(client);
  const left = earlier.filter(({ status }) => ['pending', 'assigned', 'in_progress'].includes(status));
  // Those that wait for others first: else they would fail with them.
  for (const { id } of left.toReversed()) {
    await client.call('task.cancel', { task_id: id, reason: 'an earlier demo was interrupted' });
  }
  const { head } = await client.call('event.list', { limit: 1 });
  await client.call('config.apply', { settings });
  const runs = earlier.map(({ id }) => Number(/\.(\d+)$/.exec(id)?.[1] ?? 1));
  return { since: head, suffix: runs.length === 0 ? '' : `.${Math.max(...runs) + 1}` };
}

async function allTasks(client: TuttiClient): Promise<TaskView[]> {
  const found: TaskView[] = [];
  let cursor: string | null = null;
  do {
    const page: { tasks: TaskView[]; next_cursor: string | null } = await client.call('task.list', {
      limit: 1000,
      ...(cursor === null ? {} : { cursor }),
    });
    found.push(...page.tasks);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found;
}
