/**
 * Saves the tasks of a filter as a file.
 */
import type { TaskCard } from '../../../src/contract/views/board-view.ts';

const FIELDS = [
  'id',
  'type',
  'title',
  'priority',
  'status',
  'progress',
  'assigned_to',
  'required_capability',
  'attempt',
  'created_at',
  'started_at',
  'completed_at',
  'failure',
] as const;

/** Hands the browser a file with these tasks. */
export function exportCards(cards: readonly TaskCard[], format: 'csv' | 'json'): void {
  const text = format === 'json' ? JSON.stringify(cards, null, 2) : csvOf(cards);
  const url = URL.createObjectURL(new Blob([text], { type: format === 'json' ? 'application/json' : 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `tasks.${format}`;
  link.click();
  URL.revokeObjectURL(url);
}

/** Rows of RFC 4180. A cell that a spreadsheet would take for a formula is made text. */
export function csvOf(cards: readonly TaskCard[]): string {
  const cell = (value: string | number | null): string => {
    const text = value === null ? '' : String(value);
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [FIELDS.join(','), ...cards.map((card) => FIELDS.map((field) => cell(card[field])).join(','))].join('\r\n');
}
