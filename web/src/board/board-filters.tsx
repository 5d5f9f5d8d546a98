/**
 * What the board shows of: words, type, capability, session. Every choice is in the address.
 */
import { type ReactNode, useMemo } from 'react';
import type { TaskBook } from '../data/task-book.ts';
import { Choice, TextField } from '../ui/fields.tsx';
import type { BoardSearch } from './board-search.ts';
import { COLUMN_TITLES, COLUMNS } from './columns.ts';

/** What the filters are given. */
interface FiltersProps {
  readonly search: BoardSearch;
  readonly book: TaskBook | undefined;
  readonly onChange: (next: Partial<BoardSearch>) => void;
}

/** The filters. */
export function BoardFilters({ search, book, onChange }: FiltersProps): ReactNode {
  const known = useMemo(() => {
    const cards = [...(book?.values() ?? [])];
    const unique = (values: readonly (string | null)[]): string[] => [...new Set(values.filter((value) => value !== null))].toSorted();
    return {
      type: unique(cards.map((card) => card.type)),
      capability: unique(cards.map((card) => card.required_capability)),
      session: unique(cards.map((card) => card.assigned_to)),
    };
  }, [book]);
  return (
    <div role="search" aria-label="Filter the tasks" className="grid grid-cols-2 gap-2 sm:grid-cols-3 md:flex md:flex-wrap">
      <TextField
        label="Words"
        quiet
        type="search"
        placeholder="Filter by id, title, type, session"
        className="col-span-2 sm:col-span-3 md:w-72"
        value={search.q ?? ''}
        onChange={(event) => onChange({ q: event.target.value || undefined })}
      />
      {(['type', 'capability', 'session'] as const).map((field) => (
        <Choice
          key={field}
          label={field}
          quiet
          className="md:w-40"
          value={search[field] ?? ''}
          options={[['', `Any ${field}`], ...known[field].map((value) => [value, value] as const)]}
          onChange={(event) => onChange({ [field]: event.target.value || undefined })}
        />
      ))}
      <Choice
        label="column"
        quiet
        className="md:w-40"
        value={search.status ?? ''}
        options={[['', 'Any column'], ...COLUMNS.map((column) => [column, COLUMN_TITLES[column]] as const)]}
        onChange={(event) => onChange({ status: event.target.value || undefined })}
      />
    </div>
  );
}
