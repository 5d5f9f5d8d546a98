/**
 * Graph: who waits for whom, from left to right, with the critical path; beside it the same as a list.
 */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { chosenCards } from '../board/columns.ts';
import { type TaskBook, useTaskBook } from '../data/task-book.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/fields.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Empty, Skeleton } from '../ui/panels.tsx';
import { GraphList } from './graph-list.tsx';
import { around, COLLAPSED_ABOVE, graphOf } from './task-graph.ts';

const GraphCanvas = lazy(() => import('./graph-canvas.tsx').then((module) => ({ default: module.GraphCanvas })));

/** The graph. */
export function GraphPage(): ReactNode {
  const { focus, view, q } = useSearch({ from: '/graph' });
  const navigate = useNavigate({ from: '/graph' });
  const book = useTaskBook();
  const change = (next: {
    readonly focus?: string | undefined;
    readonly view?: string | undefined;
    readonly q?: string | undefined;
  }): void => void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  return (
    <Page
      title="Graph"
      note={focus !== undefined && `around ${focus}`}
      actions={
        <>
          <TextField
            label="Filter the tasks"
            quiet
            type="search"
            placeholder="Filter by words"
            className="w-48"
            value={q ?? ''}
            onChange={(event) => change({ q: event.target.value || undefined })}
          />
          <div role="group" aria-label="How the graph is shown" className="flex">
            {(['drawing', 'list'] as const).map((each) => (
              <Button
                key={each}
                aria-pressed={(view ?? 'drawing') === each}
                className="rounded-none first:rounded-l last:rounded-r aria-pressed:bg-selected"
                onClick={() => change({ view: each })}
              >
                {each === 'drawing' ? 'Drawing' : 'List'}
              </Button>
            ))}
          </div>
          {focus !== undefined && <Button onClick={() => change({ focus: undefined })}>Whole graph</Button>}
          <FocusButton book={book.data} onFocus={(id) => change({ focus: id })} />
        </>
      }
    >
      <Answer query={book} what="the tasks">
        {(all) =>
          all.size === 0 ? (
            <Empty title="No task yet">The graph grows with the tasks and what they wait for.</Empty>
          ) : (
            <Shown all={all} focus={focus} list={view === 'list'} words={q} onFocus={(id) => change({ focus: id })} />
          )
        }
      </Answer>
    </Page>
  );
}

function FocusButton({ book, onFocus }: { readonly book: TaskBook | undefined; readonly onFocus: (id: string) => void }): ReactNode {
  const last = useMemo(() => (book === undefined ? undefined : graphOf(book, new Set()).path.at(-1)), [book]);
  return (
    <Button
      look="primary"
      disabled={last === undefined}
      title="Show only what lies around the critical path's end"
      onClick={() => last !== undefined && onFocus(last)}
    >
      Focus path
    </Button>
  );
}

interface ShownProps {
  readonly all: TaskBook;
  readonly focus: string | undefined;
  readonly list: boolean;
  readonly words: string | undefined;
  readonly onFocus: (id: string) => void;
}

function Shown({ all, focus, list, words, onFocus }: ShownProps): ReactNode {
  const graph = useMemo(() => {
    const chosen = new Set(chosenCards(all.values(), { q: words }).map(({ id }) => id));
    const near = focus === undefined || !all.has(focus) ? null : around(all, focus);
    return graphOf(all, near === null ? chosen : new Set([...near].filter((id) => chosen.has(id))));
  }, [all, focus, words]);
  const collapsed = graph.nodes.some(({ group }) => group);
  return (
    <>
      <p className="text-muted">
        {graph.path.length === 0 ? 'Nothing is open.' : `Critical path: ${graph.path.length} tasks, ${Number(graph.hours.toFixed(1))} h.`}
        {collapsed && ` More than ${COLLAPSED_ABOVE} tasks: drawn by type; filter or focus to see single ones.`}
        {focus !== undefined && !all.has(focus) && ` The task ${focus} is not in memory.`}
      </p>
      {graph.nodes.length === 0 ? (
        <Empty title="No task fits the filter" />
      ) : list ? (
        <GraphList graph={graph} all={all} />
      ) : (
        <Suspense fallback={<Skeleton label="Loading the drawing" />}>
          <GraphCanvas graph={graph} focus={focus} onFocus={onFocus} />
        </Suspense>
      )}
    </>
  );
}
