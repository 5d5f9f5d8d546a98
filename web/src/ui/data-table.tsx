/**
 * Rows as a table; a narrow screen shows the same rows as cards, each value with its heading.
 */
import type { ReactNode } from 'react';

/** A column. */
export interface DataColumn<T> {
  readonly head: string;
  readonly renderCell: (row: T) => ReactNode;
  /** Numbers stand on the right. */
  readonly number?: boolean;
  /** A class for its width. */
  readonly width?: string;
}

/** What the table is given. */
interface DataTableProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly columns: readonly DataColumn<T>[];
}

/** The table. */
export function DataTable<T>({ label, rows, keyOf, columns }: DataTableProps<T>): ReactNode {
  return (
    <table aria-label={label} className="w-full text-left max-md:block">
      <thead className="text-12 text-muted max-md:hidden">
        <tr className="[&_th]:h-7 [&_th]:px-3 [&_th]:font-medium">
          {columns.map(({ head, number = false, width = '' }) => (
            <th key={head} className={`${width} ${number ? 'text-right' : ''}`}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-md:block">
        {rows.map((row) => (
          <tr key={keyOf(row)} className="border-t hover:bg-raised max-md:block max-md:py-2">
            {columns.map(({ head, renderCell, number = false }) => (
              <td key={head} className={`px-3 py-1 max-md:flex max-md:gap-2 max-md:py-0.5 ${number ? 'nums md:text-right' : ''}`}>
                <span aria-hidden="true" className="w-28 shrink-0 text-12 text-muted md:hidden">
                  {head}
                </span>
                <div className="min-w-0">{renderCell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
