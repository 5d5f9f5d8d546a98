/**
 * A task as a card: id, title, who has it, how old it is, what it waits for.
 */
import { Link } from '@tanstack/react-router';
import { memo, type ReactNode } from 'react';
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import { Foreign } from '../ui/foreign.tsx';
import { Icon } from '../ui/icons.tsx';
import { Menu } from '../ui/menu.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { type ColumnName, COLUMN_TITLES, columnOf, COLUMNS, moveTo } from './columns.ts';

/** What a card is given. */
interface CardProps {
  readonly card: TaskCard;
  readonly onDragStart: (card: TaskCard) => void;
  readonly onDragEnd: () => void;
  readonly onMove: (card: TaskCard, column: ColumnName) => void;
  readonly refusal: string | null;
}

/** A card; drawn anew only when its task has changed. */
export const CardView = memo(DrawnCard);

function DrawnCard({ card, onDragStart, onDragEnd, onMove, refusal }: CardProps): ReactNode {
  return (
    <article
      draggable={refusal === null}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move';
        event.dataTransfer.setData('text/plain', card.id);
        onDragStart(card);
      }}
      onDragEnd={onDragEnd}
      data-task={card.id}
      className="flex h-[80px] flex-col justify-between rounded border bg-bg px-2 py-1.5 hover:border-control"
    >
      <div className="flex items-center gap-1 text-12 text-muted">
        <StateMark state={markOf(card)} bare />
        <bdi className="foreign min-w-0 truncate font-mono">{card.id}</bdi>
        <Menu
          label={`Move ${card.id} to…`}
          trigger={<Icon name="more" />}
          className="ml-auto h-6 px-0.5"
          disabled={refusal !== null}
          choices={COLUMNS.map((column) => {
            const move = moveTo(card, column);
            return {
              label: `Move to ${COLUMN_TITLES[column]}`,
              onChoose: () => onMove(card, column),
              ...('refused' in move ? { disabled: true, note: move.refused } : {}),
            };
          })}
        />
      </div>
      <div className="flex shrink-0 items-baseline gap-2">
        <Link
          to="/tasks/$taskId"
          params={{ taskId: card.id }}
          className="min-w-0 flex-1 truncate leading-5 hover:underline"
          draggable={false}
        >
          <Foreign text={card.title} />
        </Link>
        <span className="nums shrink-0 text-12 text-muted" title={`Priority ${card.priority}`}>
          P{card.priority}
        </span>
      </div>
      <div className="flex items-center gap-2 overflow-hidden text-12 whitespace-nowrap text-muted">
        {card.assigned_to !== null && <bdi className="foreign min-w-0 truncate">{card.assigned_to}</bdi>}
        {card.status === 'in_progress' && <span className="nums">{Math.round(card.progress * 100)} %</span>}
        {card.assigned_to === null && card.dependencies.length > 0 && <span className="nums">after {card.dependencies.length}</span>}
        {card.assigned_to === null && card.required_capability !== null && (
          <bdi className="foreign min-w-0 truncate">{card.required_capability}</bdi>
        )}
        {card.work !== null && <WorkMark work={card.work} />}
        {card.attempt > 1 && <span className="nums">attempt {card.attempt}</span>}
        <TimeText time={card.completed_at ?? card.started_at ?? card.assigned_at ?? card.created_at} className="ml-auto" />
      </div>
    </article>
  );
}

/** Where the work is and how much of it there is. */
function WorkMark({ work: { branch, insertions, deletions } }: { readonly work: NonNullable<TaskCard['work']> }): ReactNode {
  return (
    <>
      {branch !== null && <bdi className="foreign hidden min-w-0 truncate font-mono 2xl:inline">{branch}</bdi>}
      {insertions !== null && deletions !== null && (
        <span className="nums shrink-0" title={branch ?? undefined}>
          <span className="text-idle">+{insertions}</span> <span className="text-offline">−{deletions}</span>
        </span>
      )}
    </>
  );
}

/** The state that a card shows: pending is either ready or blocked. */
export function markOf(card: TaskCard): string {
  const column = columnOf(card);
  return column === 'ready' || column === 'blocked' ? column : card.status;
}
