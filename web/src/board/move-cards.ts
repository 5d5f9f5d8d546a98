/**
 * Moves cards: shown at once, taken back with the reason when the server refuses.
 */
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import { useCommand } from '../data/command.ts';
import { queryClient } from '../data/query-client.ts';
import { bookKey, refreshCards, type TaskBook, withCards } from '../data/task-book.ts';
import { say } from '../ui/notices.ts';
import { type ColumnName, COLUMN_TITLES, moveTo } from './columns.ts';

/** How to move a card into a column. */
export function useMoveCard(): (card: TaskCard, column: ColumnName) => void {
  const cancel = useCommand('task.cancel', {
    doing: ({ task_id }) => `cancel ${task_id}`,
    ahead: ({ task_id }) => showAhead(task_id, 'cancelled'),
    done: ({ task_id }) => `Cancelled ${task_id}.`,
  });
  const retry = useCommand('task.retry', {
    doing: ({ task_id }) => `retry ${task_id}`,
    ahead: ({ task_id }) => showAhead(task_id, 'ready'),
    done: ({ task_id }) => `${task_id} runs again.`,
  });
  return (card, column) => {
    const move = moveTo(card, column);
    if ('refused' in move) say({ tone: 'bad', text: `Cannot move ${card.id} to ${COLUMN_TITLES[column]}.`, hint: move.refused });
    else (move.operation === 'task.cancel' ? cancel : retry).mutate({ task_id: card.id });
  };
}

/** Shows a card where it will be; returns how to show it as the server has it. */
function showAhead(id: string, column: ColumnName): () => void {
  const key = bookKey(null);
  const card = queryClient.getQueryData<TaskBook>(key)?.get(id);
  const move = card === undefined ? null : moveTo(card, column);
  if (card === undefined || move === null || 'refused' in move) return () => undefined;
  queryClient.setQueryData<TaskBook>(key, (book) => (book === undefined ? book : withCards(book, [{ ...card, ...move.ahead }])));
  return () => {
    queryClient.setQueryData<TaskBook>(key, (book) => (book === undefined ? book : withCards(book, [card])));
    void refreshCards([id]);
  };
}
