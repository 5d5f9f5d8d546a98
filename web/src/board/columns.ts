/**
 * The columns of the board, which tasks stand in which, and what moving a card into one would do.
 * Invariant: a move is one operation that people may call; where there is none, the reason is said instead.
 */
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import type { BoardSearch } from './board-search.ts';

/** The columns, from left to right. */
export const COLUMNS = ['blocked', 'ready', 'claimed', 'in_progress', 'review', 'done', 'failed', 'cancelled'] as const;
/** A column. */
export type ColumnName = (typeof COLUMNS)[number];

/** Headings. */
export const COLUMN_TITLES: Readonly<Record<ColumnName, string>> = {
  blocked: 'Blocked',
  ready: 'Ready',
  claimed: 'Claimed',
  in_progress: 'In progress',
  review: 'Review',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** Reasons for which a pending task could not be given to anybody. */
const BLOCKED = new Set(['dependency', 'dependency_failed', 'delayed']);

/** The column of a task. */
export function columnOf({ status, waiting, work }: TaskCard): ColumnName {
  switch (status) {
    case 'pending':
      return waiting !== null && BLOCKED.has(waiting.code) ? 'blocked' : 'ready';
    case 'assigned':
      return 'claimed';
    case 'in_progress':
      return 'in_progress';
    case 'completed':
      return work?.unreviewed === true ? 'review' : 'done';
    case 'failed':
    case 'cancelled':
      return status;
  }
}

/** What a move does: an operation and how the card looks until the server has answered; or why it cannot be. */
export type Move = { readonly operation: 'task.cancel' | 'task.retry'; readonly ahead: Partial<TaskCard> } | { readonly refused: string };

/** What moving this task into a column would do. */
export function moveTo(card: TaskCard, column: ColumnName): Move {
  const from = columnOf(card);
  if (from === column) return { refused: 'It is there already.' };
  const open = card.status === 'pending' || card.status === 'assigned' || card.status === 'in_progress';
  if (column === 'cancelled') {
    return open
      ? { operation: 'task.cancel', ahead: { status: 'cancelled', completed_at: new Date().toISOString(), waiting: null } }
      : { refused: 'It has ended already.' };
  }
  if (column === 'ready') {
    if (card.status === 'failed' || card.status === 'cancelled') {
      return {
        operation: 'task.retry',
        ahead: { status: 'pending', completed_at: null, failure: null, waiting: { code: 'ready', text: '' } },
      };
    }
    return {
      refused:
        from === 'blocked' ? 'It becomes ready when what it waits for is done.' : 'Cancel it, then retry it: its session is told to stop.',
    };
  }
  if (column === 'blocked') return { refused: 'A task is blocked by its dependencies, not by hand.' };
  if (from === 'review') return { refused: 'Open it: it is approved or sent back on its page.' };
  return { refused: 'Sessions claim, start and end tasks; people cancel and retry them.' };
}

/** The tasks that the address asks for, in its order. */
export function chosenCards(cards: Iterable<TaskCard>, { q, type, capability, session, status }: BoardSearch): TaskCard[] {
  const words =
    q
      ?.toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '') ?? [];
  const chosen: TaskCard[] = [];
  for (const card of cards) {
    if (type !== undefined && card.type !== type) continue;
    if (capability !== undefined && card.required_capability !== capability) continue;
    if (session !== undefined && card.assigned_to !== session) continue;
    if (status !== undefined && columnOf(card) !== status) continue;
    if (words.length > 0) {
      const text = `${card.id} ${card.title} ${card.type} ${card.assigned_to ?? ''}`.toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
    }
    chosen.push(card);
  }
  return chosen;
}

/** The cards of each column: open ones by priority, then age; ended ones newest first. */
export function columnsOf(cards: readonly TaskCard[]): ReadonlyMap<ColumnName, readonly TaskCard[]> {
  const columns = new Map<ColumnName, TaskCard[]>(COLUMNS.map((column) => [column, []]));
  for (const card of cards) columns.get(columnOf(card))?.push(card);
  for (const [column, inside] of columns) {
    if (column === 'review' || column === 'done' || column === 'failed' || column === 'cancelled')
      inside.sort((a, b) => order(b.completed_at ?? '', a.completed_at ?? ''));
    else inside.sort((a, b) => b.priority - a.priority || order(a.created_at, b.created_at));
  }
  return columns;
}

/** Times of one format order as text; ten thousand of them at every change, so without a locale. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
