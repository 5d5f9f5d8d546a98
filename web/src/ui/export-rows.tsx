/**
 * Saves rows of a table as a file: CSV after RFC 4180, or JSON. A cell that a spreadsheet would take for a formula is made text.
 */
import type { ReactNode } from 'react';
import { Menu } from './menu.tsx';
import { saveFile } from './save-file.ts';

/** A value of a cell. */
export type ExportedCell = string | number | boolean | null | undefined;

/** What is exported. */
interface ExportProps<T> {
  /** What the rows are: the name of the file. */
  readonly name: string;
  readonly rows: readonly T[];
  /** The columns of the CSV; JSON has the rows whole. */
  readonly columns: Readonly<Record<string, (row: T) => ExportedCell>>;
}

/** The menu. */
export function ExportMenu<T>({ name, rows, columns }: ExportProps<T>): ReactNode {
  return (
    <Menu
      label={`Export the filtered ${name}`}
      trigger="Export"
      look="plain"
      disabled={rows.length === 0}
      choices={[
        { label: 'CSV', onChoose: () => saveFile(`${name}.csv`, 'text/csv', csvOf(rows, columns)) },
        { label: 'JSON', onChoose: () => saveFile(`${name}.json`, 'application/json', JSON.stringify(rows, null, 2)) },
      ]}
    />
  );
}

/** The rows as CSV. */
export function csvOf<T>(rows: readonly T[], columns: ExportProps<T>['columns']): string {
  const entries = Object.entries(columns);
  const lines = rows.map((row) => entries.map(([, read]) => cellText(read(row))).join(','));
  return [entries.map(([name]) => name).join(','), ...lines].join('\r\n');
}

function cellText(value: ExportedCell): string {
  const text = String(value ?? '');
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
