/**
 * Saves the tasks of a filter as a file.
 */
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import { saveFile } from '../ui/save-file.ts';

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
  const [type, text] = format === 'json' ? ['application/json', JSON.stringify(cards, null, 2)] : ['text/csv', csvOf(cards)];
  saveFile(`tasks.${format}`, type ?? '', text ?? '');
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
