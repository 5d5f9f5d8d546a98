/**
 * What a task waits for, and what waits for it.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import type { TaskView } from '../../../src/contract/views/task-view.ts';
import { markOf } from '../board/card-view.tsx';
import { useTaskBook } from '../data/task-book.ts';
import { Foreign } from '../ui/foreign.tsx';
import { Answer } from '../ui/panels.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { TaskLink } from '../ui/subject-link.tsx';

/** Both lists. */
export function TaskDependencies({ task }: { readonly task: TaskView }): ReactNode {
  const book = useTaskBook();
  return (
    <Answer query={book} what="the dependencies">
      {(cards) => (
        <div className="flex flex-col gap-4">
          <TaskLinks title="It waits for" none="It waits for nothing." ids={task.dependencies} cards={cards} />
          <TaskLinks
            title="These wait for it"
            none="Nothing waits for it."
            ids={Array.from(cards.values()).flatMap(({ id, dependencies }) => (dependencies.includes(task.id) ? [id] : []))}
            cards={cards}
          />
          <Link to="/graph" search={{ focus: task.id }} className="self-start text-link hover:underline">
            Show it in the graph
          </Link>
        </div>
      )}
    </Answer>
  );
}

interface TaskLinksProps {
  readonly title: string;
  readonly none: string;
  readonly ids: readonly string[];
  readonly cards: ReadonlyMap<string, TaskCard>;
}

function TaskLinks({ title, none, ids, cards }: TaskLinksProps): ReactNode {
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-12 font-semibold text-muted uppercase">{title}</h3>
      {ids.length === 0 ? (
        <p className="text-muted">{none}</p>
      ) : (
        <ul className="divide-y rounded border bg-surface">
          {ids.map((id) => {
            const card = cards.get(id);
            return (
              <li key={id} className="flex min-h-8 items-center gap-3 px-3">
                <TaskLink id={id} className="w-32 shrink-0 truncate" />
                {card === undefined ? <span className="text-muted">retired to the log</span> : <StateMark state={markOf(card)} />}
                {card !== undefined && <Foreign text={card.title} className="min-w-0 truncate" />}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
