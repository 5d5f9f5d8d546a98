/**
 * The board: every task in memory, in columns or as a table, filtered by what the address says.
 */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import { useTaskBook, type TaskBook } from '../data/task-book.ts';
import { Button } from '../ui/button.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/panels.tsx';
import { BoardColumns } from './board-columns.tsx';
import { BoardFilters } from './board-filters.tsx';
import type { BoardSearch } from './board-search.ts';
import { BoardTable } from './board-table.tsx';
import { chosenCards } from './columns.ts';
import { type ExportedCell, ExportMenu } from '../ui/export-rows.tsx';
import { TaskForm } from './task-form.tsx';

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
const EXPORTED: Readonly<Record<string, (card: TaskCard) => ExportedCell>> = {
  ...Object.fromEntries(FIELDS.map((field) => [field, (card: TaskCard) => card[field]])),
  branch: ({ work }) => work?.branch,
  insertions: ({ work }) => work?.insertions,
  deletions: ({ work }) => work?.deletions,
};

/** The board. */
export function BoardPage(): ReactNode {
  const search = useSearch({ from: '/board' });
  const navigate = useNavigate({ from: '/board' });
  const book = useTaskBook();
  const [adding, setAdding] = useState(false);
  const refusal = useRefusal('work.add');
  const cards = useMemo(() => chosenCards(book.data?.values() ?? [], search), [book.data, search]);
  const change = (next: Partial<BoardSearch>): void => void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  const view = search.view ?? 'columns';
  return (
    <Page
      title="Board"
      note={
        book.data !== undefined && (
          <span className="nums">
            {cards.length === book.data.size ? `${cards.length} tasks` : `${cards.length} of ${book.data.size} tasks`}
          </span>
        )
      }
      actions={
        <>
          <div role="group" aria-label="How the board is shown" className="flex">
            {(['columns', 'table'] as const).map((each) => (
              <Button
                key={each}
                aria-pressed={view === each}
                className="rounded-none first:rounded-l last:rounded-r aria-pressed:bg-selected"
                onClick={() => change({ view: each })}
              >
                {each === 'columns' ? 'Columns' : 'Table'}
              </Button>
            ))}
          </div>
          {view === 'columns' && (
            <Button
              aria-pressed={search.blocked !== 'hidden'}
              className="aria-pressed:bg-selected"
              onClick={() => change({ blocked: search.blocked === 'hidden' ? undefined : 'hidden' })}
            >
              Blocked
            </Button>
          )}
          <ExportMenu name="tasks" rows={cards} columns={EXPORTED} />
          <Button look="primary" disabled={refusal !== null} title={refusal ?? 'Add a task (N)'} onClick={() => setAdding(true)}>
            New task
          </Button>
        </>
      }
    >
      <BoardFilters search={search} book={book.data} onChange={change} />
      <Answer query={book} what="the board" rows={10}>
        {(all) => <Shown all={all} cards={cards} view={view} search={search} change={change} onAdd={() => setAdding(true)} />}
      </Answer>
      {adding && <TaskForm onClose={() => setAdding(false)} />}
    </Page>
  );
}

interface ShownProps {
  readonly all: TaskBook;
  readonly cards: ReturnType<typeof chosenCards>;
  readonly view: 'columns' | 'table';
  readonly search: BoardSearch;
  readonly change: (next: Partial<BoardSearch>) => void;
  readonly onAdd: () => void;
}

function Shown({ all, cards, view, search, change, onAdd }: ShownProps): ReactNode {
  const refusal = useRefusal('work.add');
  if (all.size === 0) {
    return (
      <Empty title="No task yet">
        <p>What is added here, by agents or on the command line, shows up as it comes.</p>
        <Button disabled={refusal !== null} title={refusal ?? undefined} onClick={onAdd}>
          Add the first task
        </Button>
      </Empty>
    );
  }
  if (cards.length === 0) {
    return (
      <Empty title="No task fits the filter">
        <Button onClick={() => change({ q: undefined, type: undefined, capability: undefined, session: undefined, status: undefined })}>
          Clear the filter
        </Button>
      </Empty>
    );
  }
  return view === 'table' ? (
    <BoardTable cards={cards} sort={search.sort} onSort={(sort) => change({ sort })} />
  ) : (
    <BoardColumns cards={cards} blocked={search.blocked !== 'hidden'} />
  );
}
