/**
 * Every task of the board, as cards: read once in pages, then kept fresh card by card as events name them.
 * Invariant: a book is never changed; each change makes another one, so that what did not change stays the same object.
 */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Failure } from '../../../src/contract/failure.ts';
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import { client } from './connection.ts';
import { useMoment } from './moment.ts';
import { queryClient } from './query-client.ts';

/** The cards by id, in the order they were added. */
export type TaskBook = ReadonlyMap<string, TaskCard>;

/** Cards of one question. */
const PAGE = 1000;
/** Beyond this the oldest ended cards leave the book; the log keeps them. */
const CARDS_AT_MOST = 50_000;

/** The key of the book; null: now. */
export function bookKey(at: number | null): readonly unknown[] {
  return ['task-book', at];
}

/** The book of this moment. */
export function useTaskBook(): UseQueryResult<TaskBook, Failure> {
  const at = useMoment();
  return useQuery<TaskBook, Failure>({ queryKey: bookKey(at), queryFn: ({ signal }) => readBook(at, signal) });
}

async function readBook(at: number | null, signal: AbortSignal): Promise<TaskBook> {
  const book = new Map<string, TaskCard>();
  let cursor: string | null = null;
  do {
    const input: object = { limit: PAGE, ...(cursor === null ? {} : { cursor }), ...(at === null ? {} : { at }) };
    const page = await client.call('board.list', input, { signal });
    for (const card of page.tasks) book.set(card.id, card);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return book;
}

/** Reads these cards anew, if anybody looks at the book. What is gone from memory keeps its last card. */
export async function refreshCards(ids: readonly string[]): Promise<void> {
  const key = bookKey(null);
  if (ids.length === 0 || queryClient.getQueryData(key) === undefined) return;
  const pages = Array.from({ length: Math.ceil(ids.length / PAGE) }, (_, page) => ids.slice(page * PAGE, (page + 1) * PAGE));
  const answers = await Promise.all(pages.map((each) => client.call('board.list', { ids: each, limit: PAGE })));
  const cards = answers.flatMap(({ tasks }) => tasks);
  queryClient.setQueryData<TaskBook>(key, (book) => (book === undefined ? book : withCards(book, cards)));
}

/** Another book, with these cards in it. */
export function withCards(book: TaskBook, cards: readonly TaskCard[]): TaskBook {
  const next = new Map(book);
  for (const card of cards) next.set(card.id, card);
  for (const [id, card] of next) {
    if (next.size <= CARDS_AT_MOST) break;
    if (card.completed_at !== null) next.delete(id);
  }
  return next;
}
