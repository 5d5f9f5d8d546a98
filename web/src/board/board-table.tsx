/**
 * The board as a table: sortable, and as quick with ten thousand tasks as with ten, because only rows in sight are drawn.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useMemo, useRef } from 'react';
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import { Foreign } from '../ui/foreign.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { markOf } from './card-view.tsx';
import { readSort, sortedCards, type SortField, writeSort } from './sort-cards.ts';
import { TaskLink } from '../ui/subject-link.tsx';

const ROW_PX = 32;
const HEADS: readonly { readonly field: SortField; readonly text: string; readonly className: string }[] = [
  { field: 'id', text: 'Id', className: 'w-32 shrink-0' },
  { field: 'status', text: 'Status', className: 'w-32 shrink-0' },
  { field: 'title', text: 'Title', className: 'min-w-40 flex-1' },
  { field: 'priority', text: 'Priority', className: 'w-20 shrink-0 text-right justify-end' },
  { field: 'assigned_to', text: 'Session', className: 'w-32 shrink-0' },
  { field: 'required_capability', text: 'Needs', className: 'w-28 shrink-0' },
  { field: 'created_at', text: 'Added', className: 'w-24 shrink-0' },
  { field: 'completed_at', text: 'Ended', className: 'w-24 shrink-0' },
];

/** What the table is given. */
interface TableProps {
  readonly cards: readonly TaskCard[];
  readonly sort: string | undefined;
  readonly onSort: (sort: string) => void;
}

/** The table. */
export function BoardTable({ cards, sort, onSort }: TableProps): ReactNode {
  const order = readSort(sort);
  const rows = useMemo(() => sortedCards(cards, readSort(sort)), [cards, sort]);
  const scroller = useRef<HTMLDivElement>(null);
  const drawn = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 8 });
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 20, PageUp: -20 }[event.key];
    const at = Number((event.target as Element).closest('[data-index]')?.getAttribute('data-index') ?? -1);
    if (step === undefined || at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = Math.min(rows.length - 1, Math.max(0, at + step));
    event.preventDefault();
    drawn.scrollToIndex(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] a`)?.focus());
  };
  return (
    <div
      ref={scroller}
      role="table"
      aria-label="Tasks"
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="h-[65vh] overflow-auto rounded border bg-surface md:h-auto md:min-h-0 md:flex-1"
      data-testid="board-table"
    >
      <div role="rowgroup" className="sticky top-0 z-10 min-w-[820px] border-b bg-surface">
        <div role="row" aria-rowindex={1} className="flex h-8 items-center gap-3 px-3">
          {HEADS.map(({ field, text, className }) => (
            <div
              key={field}
              role="columnheader"
              aria-sort={order.field !== field ? 'none' : order.descending ? 'descending' : 'ascending'}
              className={`flex ${className}`}
            >
              <button type="button" className="h-6 font-medium text-muted hover:text-text" onClick={() => onSort(writeSort(order, field))}>
                {text}
                <span aria-hidden="true">{order.field === field ? (order.descending ? ' ↓' : ' ↑') : ''}</span>
              </button>
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative min-w-[820px]" style={{ height: drawn.getTotalSize() }}>
        {drawn.getVirtualItems().map(({ index, start }) => {
          const card = rows[index];
          return card === undefined ? null : <TableRow key={card.id} card={card} index={index} start={start} />;
        })}
      </div>
    </div>
  );
}

function TableRow({ card, index, start }: { readonly card: TaskCard; readonly index: number; readonly start: number }): ReactNode {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-index={index}
      data-task={card.id}
      className="absolute inset-x-0 flex items-center gap-3 border-b px-3 hover:bg-raised"
      style={{ transform: `translateY(${start}px)`, height: ROW_PX }}
    >
      <div role="cell" className="w-32 shrink-0 truncate">
        <TaskLink id={card.id} className="font-mono text-12" />
      </div>
      <div role="cell" className="w-32 shrink-0">
        <StateMark state={markOf(card)} />
      </div>
      <div role="cell" className="min-w-40 flex-1 truncate">
        <Foreign text={card.title} />
      </div>
      <div role="cell" className="nums w-20 shrink-0 text-right">
        {card.priority}
      </div>
      <div role="cell" className="w-32 shrink-0 truncate">
        {card.assigned_to === null ? <span className="text-muted">–</span> : <Foreign text={card.assigned_to} />}
      </div>
      <div role="cell" className="w-28 shrink-0 truncate text-muted">
        {card.required_capability === null ? 'any' : <Foreign text={card.required_capability} />}
      </div>
      <div role="cell" className="w-24 shrink-0 truncate text-muted">
        <TimeText time={card.created_at} />
      </div>
      <div role="cell" className="w-24 shrink-0 truncate text-muted">
        <TimeText time={card.completed_at} />
      </div>
    </div>
  );
}
