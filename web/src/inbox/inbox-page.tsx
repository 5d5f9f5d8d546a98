/**
 * Inbox: what waits for a person, one list, and at its side the one that is chosen, whole, with what can be done about it.
 */
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { useShortcuts } from '../app/shortcuts.ts';
import type { InboxItem } from '../../../src/contract/views/decision-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { Foreign } from '../ui/foreign.tsx';
import { ChoiceList, ListAndDetail } from '../ui/list-and-detail.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/panels.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { AnsweredDecisions } from './answered-decisions.tsx';
import { InboxDetail } from './inbox-detail.tsx';
import { type NeedsYou, useNeedsYou } from './needs-you.ts';

/** The inbox. */
export function InboxPage(): ReactNode {
  const items = useNeedsYou();
  const inbox = useOperation('inbox.list', { limit: 200 });
  const away = useOperation('inbox.list', { limit: 200, snoozed: true });
  useWaking(inbox.data?.wakes_at ?? null);
  const { item } = useSearch({ from: '/inbox' });
  const navigate = useNavigate({ from: '/inbox' });
  const chosen = item ?? items[0]?.id;
  const choose = (id: string | undefined): void => void navigate({ search: { item: id }, replace: true });
  const step = (by: number): void => {
    const at = items.findIndex(({ id }) => id === chosen);
    choose(items[Math.min(items.length - 1, Math.max(0, at + by))]?.id);
  };
  useShortcuts('Inbox', [
    { keys: 'j', does: 'Next item', run: () => step(1) },
    { keys: 'k', does: 'Previous item', run: () => step(-1) },
  ]);
  const blocking = items.filter(({ blocks }) => blocks).length;
  return (
    <Page title="Inbox" note={`${items.length} open${blocking > 0 ? `, ${blocking} hold up work` : ''}`}>
      <Answer query={inbox} what="the inbox">
        {() => (
          <ListAndDetail
            label="Chosen item"
            nothing="Choose an item to see it whole."
            list={
              <>
                <div className="rounded border bg-surface lg:min-h-40 lg:overflow-auto">
                  {items.length === 0 ? (
                    <Empty title="Nothing waits for you">
                      <p>
                        Decisions, questions and permissions of sessions come here the moment they are asked, and failed tasks with them.
                      </p>
                    </Empty>
                  ) : (
                    <ItemList items={items} chosen={chosen} />
                  )}
                </div>
                <PutOff items={away.data?.items ?? []} />
                <AnsweredDecisions />
              </>
            }
            detail={
              chosen === undefined ? null : (
                <InboxDetail
                  key={chosen}
                  id={chosen}
                  away={placeOf(chosen, items, away.data?.items ?? [])}
                  onDone={() => choose(undefined)}
                />
              )
            }
          />
        )}
      </Answer>
    </Page>
  );
}

/** True: put off; false: in the inbox; null: neither. */
function placeOf(id: string, items: readonly NeedsYou[], away: readonly InboxItem[]): boolean | null {
  if (away.some(({ item_id }) => item_id === id)) return true;
  return items.some((item) => item.id === id && item.kind !== 'failed_task') ? false : null;
}

/** Asks again when the next item comes back. */
function useWaking(wakesAt: string | null): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (wakesAt === null) return undefined;
    const ms = Math.min(Math.max(0, Date.parse(wakesAt) - Date.now()) + 500, 86_400_000);
    const timer = setTimeout(() => void queries.invalidateQueries({ queryKey: ['operation', 'inbox.list'] }), ms);
    return () => clearTimeout(timer);
  }, [wakesAt, queries]);
}

function PutOff({ items }: { readonly items: readonly InboxItem[] }): ReactNode {
  if (items.length === 0) return null;
  return (
    <Section title={`Put off (${items.length})`}>
      <ul className="max-h-40 divide-y overflow-auto">
        {items.map(({ item_id, title }) => (
          <li key={item_id}>
            <Link to="/inbox" search={{ item: item_id }} className="flex min-h-6 px-3 py-1 hover:bg-raised">
              <Foreign text={title} className="truncate" />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function ItemList({ items, chosen }: { readonly items: readonly NeedsYou[]; readonly chosen: string | undefined }): ReactNode {
  return (
    <ChoiceList
      label="What waits for you"
      items={items}
      keyOf={({ id }) => id}
      chosen={chosen}
      renderLink={(item, look) => (
        <Link to="/inbox" search={{ item: item.id }} replace {...look}>
          <span className="flex items-center gap-2 text-12 text-muted">
            <span aria-hidden="true" className={`mark ${item.blocks ? 'text-offline' : 'text-busy'}`}>
              ▲
            </span>
            {item.kind.replaceAll('_', ' ')}
            <Foreign text={item.from} className="truncate" />
            <TimeText time={item.since} className="ml-auto" />
          </span>
          <Foreign text={item.title} className="line-clamp-2" />
        </Link>
      )}
    />
  );
}
