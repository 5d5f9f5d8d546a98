/**
 * Events of one task, one session or one type, newest first.
 */
import type { ReactNode } from 'react';
import { useOperation } from '../data/operation-query.ts';
import type { EventView } from '../../../src/contract/views/event-view.ts';
import { type ExportedCell, ExportMenu } from '../ui/export-rows.tsx';
import { EventRow } from '../ui/event-row.tsx';
import { Answer, Empty } from '../ui/panels.tsx';

/** What the list is given. */
interface FilteredProps {
  readonly words: string;
  readonly chosen: number | undefined;
  readonly onChoose: (seq: number) => void;
}

const EXPORTED: Readonly<Record<string, (event: EventView) => ExportedCell>> = {
  seq: ({ seq }) => seq,
  time: ({ time }) => time,
  type: ({ type }) => type,
  actor: ({ actor }) => actor,
  task_id: ({ data }) => (typeof data['task_id'] === 'string' ? data['task_id'] : null),
  session_id: ({ data }) => (typeof data['session_id'] === 'string' ? data['session_id'] : null),
  data: ({ data }) => JSON.stringify(data),
};

/** The list. */
export function FilteredEvents({ words, chosen, onChoose }: FilteredProps): ReactNode {
  const events = useOperation('event.list', { limit: 500, ...filterOf(words) }, { keep: true });
  return (
    <Answer query={events} what="the events">
      {({ events: found }) =>
        found.length === 0 ? (
          <Empty title="No event of the newest 20,000 fits">
            <p>Filter by task:ID, session:ID, or the type of an event, such as task_failed.</p>
          </Empty>
        ) : (
          <div className="flex min-h-0 min-w-0 flex-col gap-2">
            <div className="flex items-center justify-between gap-2">
              <span className="nums text-muted">{found.length} events</span>
              <ExportMenu name="events" rows={found} columns={EXPORTED} />
            </div>
            <ol aria-label="Events, newest first" className="min-h-0 min-w-0 divide-y overflow-auto rounded border bg-surface">
              {found.toReversed().map((event) => (
                <li key={event.seq} className={`flex items-center ${event.seq === chosen ? 'bg-selected' : 'hover:bg-raised'}`}>
                  <button
                    type="button"
                    aria-label={`Event ${event.seq}`}
                    aria-pressed={event.seq === chosen}
                    className="grid size-6 shrink-0 place-items-center text-muted"
                    onClick={() => onChoose(event.seq)}
                  >
                    <span aria-hidden="true">▸</span>
                  </button>
                  <div className="min-w-0 flex-1">
                    <EventRow event={event} />
                  </div>
                </li>
              ))}
            </ol>
          </div>
        )
      }
    </Answer>
  );
}

/** What was typed, as fields of the question. */
function filterOf(words: string): { readonly task_id?: string; readonly session_id?: string; readonly type?: string } {
  const [, field, id] = /^\s*(task|session):(\S+)\s*$/.exec(words) ?? [];
  if (id === undefined) return { type: words.trim().slice(0, 64) };
  return field === 'task' ? { task_id: id } : { session_id: id };
}
