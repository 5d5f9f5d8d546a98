/**
 * The order of a table of tasks, as the address has it: a field, with a minus before it for descending.
 */
import type { TaskCard } from '../../../src/contract/views/board-view.ts';

/** A field to sort by. */
export type SortField = 'id' | 'status' | 'title' | 'priority' | 'assigned_to' | 'required_capability' | 'created_at' | 'completed_at';

/** An order. */
export interface SortOrder {
  readonly field: SortField;
  readonly descending: boolean;
}

const FIELDS: readonly SortField[] = [
  'id',
  'status',
  'title',
  'priority',
  'assigned_to',
  'required_capability',
  'created_at',
  'completed_at',
];

/** Reads an order; newest first when none is named. */
export function readSort(text: string | undefined): SortOrder {
  const descending = text?.startsWith('-') ?? true;
  const field = FIELDS.find((each) => each === text?.replace(/^-/, ''));
  return field === undefined ? { field: 'created_at', descending: true } : { field, descending };
}

/** The order after a click on a heading: that field, or the other way round. */
export function writeSort(now: SortOrder, field: SortField): string {
  return now.field === field && !now.descending ? `-${field}` : field;
}

/** The tasks in this order; those without a value come last, and ties keep their order. */
export function sortedCards(cards: readonly TaskCard[], { field, descending }: SortOrder): readonly TaskCard[] {
  const sign = descending ? -1 : 1;
  return cards.toSorted((a, b) => {
    const [left, right] = [a[field], b[field]];
    if (left === right) return 0;
    if (left === null) return 1;
    if (right === null) return -1;
    return left < right ? -sign : sign;
  });
}
