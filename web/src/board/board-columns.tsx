/**
 * The board as columns. Cards move by dragging, by a menu, and by keys; every column draws only what is in sight.
 */
import { type DragEvent, type ReactNode, useMemo, useState } from 'react';
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import { useRefusal } from '../app/swarm-access.ts';
import { say } from '../ui/notices.ts';
import { BoardColumn } from './board-column.tsx';
import { type ColumnName, COLUMNS, columnsOf, moveTo } from './columns.ts';
import { useMoveCard } from './move-cards.ts';

/** The columns. */
export function BoardColumns({ cards, blocked }: { readonly cards: readonly TaskCard[]; readonly blocked: boolean }): ReactNode {
  const columns = useMemo(() => columnsOf(cards), [cards]);
  const [dragged, setDragged] = useState<TaskCard | null>(null);
  const move = useMoveCard();
  const refusal = useRefusal('task.cancel');
  const drop = (column: ColumnName) => (event: DragEvent) => {
    event.preventDefault();
    if (dragged === null) return;
    setDragged(null);
    if (refusal === null) move(dragged, column);
    else say({ tone: 'bad', text: `Cannot move ${dragged.id}.`, hint: refusal });
  };
  const columnNamed = (column: ColumnName, shared: boolean): ReactNode => (
    <BoardColumn
      key={column}
      column={column}
      shared={shared}
      cards={columns.get(column) ?? []}
      accepts={dragged === null ? null : !('refused' in moveTo(dragged, column))}
      onDragStart={setDragged}
      onDragEnd={() => setDragged(null)}
      onDrop={drop(column)}
      onMove={move}
      refusal={refusal}
    />
  );
  return (
    <div className="flex min-h-[60vh] flex-1 snap-x gap-2 overflow-x-auto md:min-h-0" data-testid="board-columns">
      {COLUMNS.filter((column) => column !== 'cancelled' && (blocked || column !== 'blocked')).map((column) =>
        // What did not end well shares a place, so that the others keep room.
        column === 'failed' ? (
          <div key={column} className="flex w-72 min-w-40 shrink-0 snap-start flex-col gap-2 md:flex-1">
            {columnNamed('failed', true)}
            {columnNamed('cancelled', true)}
          </div>
        ) : (
          columnNamed(column, false)
        ),
      )}
    </div>
  );
}
