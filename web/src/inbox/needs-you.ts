/**
 * What waits for a person: tasks that have failed for good, and unread messages to people. Newest first.
 */
import { useOperation } from '../data/operation-query.ts';
import type { MessageView } from '../../../src/contract/views/message-view.ts';
import type { TaskCard } from '../../../src/contract/views/board-view.ts';

/** Something that waits for a person. */
export type NeedsYou =
  | { readonly id: string; readonly kind: 'failed_task'; readonly since: string; readonly task: TaskCard }
  | { readonly id: string; readonly kind: 'message'; readonly since: string; readonly message: MessageView };

const SHOWN = 100;

/** Everything that waits for a person now. */
export function useNeedsYou(): readonly NeedsYou[] {
  const failed = useOperation('board.list', { status: 'failed', limit: SHOWN });
  const unread = useOperation('message.list', { mailbox: 'people', unread: true, limit: SHOWN });
  return needsYou(failed.data?.tasks ?? [], unread.data?.messages ?? []);
}

/** One list of both, newest first. */
export function needsYou(failed: readonly TaskCard[], unread: readonly MessageView[]): readonly NeedsYou[] {
  return [
    ...failed.map((task): NeedsYou => ({ id: `task:${task.id}`, kind: 'failed_task', since: task.completed_at ?? task.created_at, task })),
    ...unread.map((message): NeedsYou => ({ id: `message:${message.message_id}`, kind: 'message', since: message.sent_at, message })),
  ].toSorted((a, b) => b.since.localeCompare(a.since));
}
