/**
 * The log as a list, newest first: any place of it is one jump away, because rows are read by their numbers, in parts, when
 * they come into sight.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef } from 'react';
import type { EventView } from '../../../src/contract/views/event-view.ts';
import { useEventTail } from '../data/event-tail.ts';
import { useOperation } from '../data/operation-query.ts';
import { EventRow } from '../ui/event-row.tsx';

const ROW_PX = 28;
/** Events that are read at once. */
const PART = 200;

/** What the list is given. */
interface EventLogProps {
  /** Number of the newest event. */
  readonly head: number;
  readonly chosen: number | undefined;
  readonly onChoose: (seq: number) => void;
}

/** The list. */
export function EventLog({ head, chosen, onChoose }: EventLogProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const first = useRef(head);
  const tail = useEventTail();
  const known = useMemo(() => new Map(tail.map((event) => [event.seq, event])), [tail]);
  const rows = useVirtualizer({
    count: head,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    getItemKey: (index) => head - index,
  });
  useEffect(() => {
    if (chosen !== undefined && chosen <= first.current) rows.scrollToIndex(first.current - chosen, { align: 'center' });
    // Only when it is come to with a number: later choices are made in sight.
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 20, PageUp: -20 }[event.key];
    const at = Number((event.target as Element).closest('[data-seq]')?.getAttribute('data-seq') ?? 0);
    if (step === undefined || at === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = Math.min(head, Math.max(1, at - step));
    event.preventDefault();
    rows.scrollToIndex(head - next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-seq="${next}"] button`)?.focus());
  };
  return (
    <div
      ref={scroller}
      role="presentation"
      onKeyDown={onKeyDown}
      className="h-[60vh] min-w-0 overflow-auto rounded border bg-surface lg:h-auto lg:min-h-0"
    >
      <ol aria-label="Events, newest first" className="relative min-w-[640px]" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ key, index, start }) => {
          const seq = head - index;
          return (
            <li
              key={key}
              data-seq={seq}
              aria-posinset={index + 1}
              aria-setsize={head}
              className="absolute inset-x-0"
              style={{ transform: `translateY(${start}px)`, height: ROW_PX }}
            >
              <LogRow seq={seq} known={known.get(seq)} untilFirst={first.current} chosen={seq === chosen} onChoose={onChoose} />
            </li>
          );
        })}
      </ol>
    </div>
  );
}

interface LogRowProps {
  readonly seq: number;
  readonly known: EventView | undefined;
  /** The newest event when the list was opened: parts that were not full then are read up to there. */
  readonly untilFirst: number;
  readonly chosen: boolean;
  readonly onChoose: (seq: number) => void;
}

function LogRow({ seq, known, untilFirst, chosen, onChoose }: LogRowProps): ReactNode {
  const since = Math.floor((seq - 1) / PART) * PART;
  const limit = seq <= untilFirst ? Math.min(PART, untilFirst - since) : PART;
  const part = useOperation('event.list', { since, limit }, { enabled: known === undefined, now: true });
  const event = known ?? part.data?.events.find((each) => each.seq === seq);
  return (
    <div className={`flex h-full items-center border-b ${chosen ? 'bg-selected' : 'hover:bg-raised'}`}>
      <button
        type="button"
        aria-label={`Event ${seq}`}
        aria-pressed={chosen}
        className="grid size-6 shrink-0 place-items-center text-muted"
        onClick={() => onChoose(seq)}
      >
        <span aria-hidden="true">▸</span>
      </button>
      <div className="min-w-0 flex-1">
        {event === undefined ? <span className="nums px-3 text-muted">{seq} …</span> : <EventRow event={event} />}
      </div>
    </div>
  );
}
