/**
 * What waits for a person: the inbox of the swarm, and tasks that have failed for good. What stops work comes first.
 */
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import type { InboxItem } from '../../../src/contract/views/decision-view.ts';
import { useOperation } from '../data/operation-query.ts';

/** Something that waits for a person. */
export interface NeedsYou {
  /** Id of the item of the inbox, or `task:` and the id of the task. */
  readonly id: string;
  readonly kind: InboxItem['kind'] | 'failed_task';
  readonly title: string;
  readonly from: string;
  readonly since: string;
  /** True: work stands still until somebody acts. */
  readonly blocks: boolean;
  readonly deadline: string | null;
  readonly task_id: string | null;
}

const SHOWN = 200;

/** Everything that waits for a person now. */
export function useNeedsYou(): readonly NeedsYou[] {
  const inbox = useOperation('inbox.list', { limit: SHOWN });
  const failed = useOperation('board.list', { status: 'failed', limit: SHOWN });
  return needsYou(inbox.data?.items ?? [], failed.data?.tasks ?? []);
}

/** One list: the inbox in its own order, then failed tasks, newest first. */
function needsYou(items: readonly InboxItem[], failed: readonly TaskCard[]): readonly NeedsYou[] {
  return [
    ...items.map(({ item_id, kind, title, from, since, blocks, deadline, task_id }) => ({
      id: item_id,
      kind,
      title,
      from,
      since,
      blocks,
      deadline,
      task_id,
    })),
    ...failed
      .map(({ id, title, completed_at, created_at, assigned_to }) => ({
        id: `task:${id}`,
        kind: 'failed_task' as const,
        title: `${id} failed: ${title}`,
        from: assigned_to ?? '',
        since: completed_at ?? created_at,
        blocks: false,
        deadline: null,
        task_id: id,
      }))
      .toSorted((a, b) => b.since.localeCompare(a.since)),
  ];
}
