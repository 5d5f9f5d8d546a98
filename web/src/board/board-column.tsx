/**
 * One column: its heading, and the cards in sight. J and K, or the arrows, go from card to card.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type DragEvent, type KeyboardEvent, type ReactNode, useRef } from 'react';
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import { CardView } from './card-view.tsx';
import { type ColumnName, COLUMN_TITLES } from './columns.ts';

const CARD_PX = 86;
const OVERSCAN = 4;

/** What a column is given. */
interface ColumnProps {
  readonly column: ColumnName;
  /** It shares its place with another one. */
  readonly shared: boolean;
  readonly cards: readonly TaskCard[];
  /** Whether the dragged card may be dropped here; null: nothing is dragged. */
  readonly accepts: boolean | null;
  readonly onDragStart: (card: TaskCard) => void;
  readonly onDragEnd: () => void;
  readonly onDrop: (event: DragEvent) => void;
  readonly onMove: (card: TaskCard, column: ColumnName) => void;
  readonly refusal: string | null;
}

/** The column. */
export function BoardColumn({ column, shared, cards, accepts, onDragStart, onDragEnd, onDrop, onMove, refusal }: ColumnProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: cards.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => CARD_PX,
    overscan: OVERSCAN,
    getItemKey: (index) => cards[index]?.id ?? index,
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    const at = Number((event.target as Element).closest('[data-index]')?.getAttribute('data-index') ?? -1);
    if (step === undefined || at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = Math.min(cards.length - 1, Math.max(0, at + step));
    event.preventDefault();
    rows.scrollToIndex(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] a`)?.focus());
  };
  const border = accepts === null ? 'border-hairline' : accepts ? 'border-accent' : 'border-hairline opacity-60';
  return (
    <section
      aria-label={`${COLUMN_TITLES[column]}, ${cards.length} tasks`}
      className={`flex flex-col rounded border bg-surface ${shared ? 'min-h-28 flex-1' : 'w-72 min-w-40 shrink-0 snap-start md:flex-1'} ${border}`}
      onDragOver={(event) => accepts !== null && event.preventDefault()}
      onDrop={onDrop}
      data-column={column}
    >
      <h2 className="flex h-8 shrink-0 items-center justify-between border-b px-3 font-medium">
        {COLUMN_TITLES[column]}
        <span className="nums text-muted">{cards.length}</span>
      </h2>
      <div ref={scroller} role="presentation" className="min-h-0 flex-1 overflow-y-auto p-1.5" onKeyDown={onKeyDown}>
        <ul className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ key, index, start }) => {
            const card = cards[index];
            return card === undefined ? null : (
              <li
                key={key}
                data-index={index}
                aria-posinset={index + 1}
                aria-setsize={cards.length}
                className="absolute inset-x-0"
                style={{ transform: `translateY(${start}px)`, height: CARD_PX }}
              >
                <CardView card={card} onDragStart={onDragStart} onDragEnd={onDragEnd} onMove={onMove} refusal={refusal} />
              </li>
            );
          })}
        </ul>
        {cards.length === 0 && <p className="px-1.5 py-2 text-muted">None.</p>}
      </div>
    </section>
  );
}
