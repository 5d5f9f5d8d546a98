/**
 * The way between pages: a rail at the side, at most 768 px wide a bar at the bottom.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useNeedsYou } from '../inbox/needs-you.ts';
import { Icon } from '../ui/icons.tsx';
import { Menu } from '../ui/menu.tsx';
import { useNavigate } from '@tanstack/react-router';
import { PAGE_ENTRIES, type PageEntry } from './pages.ts';

const AT_THE_BOTTOM: readonly PageEntry['path'][] = ['/', '/board', '/sessions', '/inbox'];

/** The rail. */
export function Rail(): ReactNode {
  const waiting = useNeedsYou().length;
  const navigate = useNavigate();
  return (
    <>
      <nav aria-label="Pages" className="hidden w-12 shrink-0 flex-col gap-0.5 border-r bg-surface p-1.5 md:flex xl:w-52">
        {PAGE_ENTRIES.map((entry) => (
          <RailLink key={entry.path} entry={entry} count={entry.path === '/inbox' ? waiting : 0} />
        ))}
      </nav>
      <nav aria-label="Pages" className="fixed inset-x-0 bottom-0 z-30 flex h-12 border-t bg-surface md:hidden">
        {PAGE_ENTRIES.filter(({ path }) => AT_THE_BOTTOM.includes(path)).map((entry) => (
          <Link
            key={entry.path}
            to={entry.path}
            activeOptions={{ exact: entry.path === '/' }}
            className="flex min-w-0 flex-1 flex-col items-center justify-center text-12 text-muted"
            activeProps={{ className: 'text-text bg-selected', 'aria-current': 'page' }}
          >
            <Icon name={entry.icon} />
            <span>
              {entry.label}
              {entry.path === '/inbox' && waiting > 0 ? ` ${waiting}` : ''}
            </span>
          </Link>
        ))}
        <Menu
          label="More pages"
          className="h-full flex-1 rounded-none"
          trigger={
            <span className="flex flex-col items-center text-12 text-muted">
              <Icon name="menu" />
              More
            </span>
          }
          choices={PAGE_ENTRIES.filter(({ path }) => !AT_THE_BOTTOM.includes(path)).map(({ path, label }) => ({
            label,
            onChoose: () => void navigate({ to: path }),
          }))}
        />
      </nav>
    </>
  );
}

function RailLink({ entry: { path, label, icon, key }, count }: { readonly entry: PageEntry; readonly count: number }): ReactNode {
  return (
    <Link
      to={path}
      activeOptions={{ exact: path === '/' }}
      title={`${label} (G ${key.toUpperCase()})`}
      className="flex h-8 items-center gap-2.5 rounded px-2.5 text-muted hover:bg-raised hover:text-text"
      activeProps={{ className: 'bg-selected text-text', 'aria-current': 'page' }}
    >
      <Icon name={icon} />
      <span className="sr-only xl:not-sr-only">{label}</span>
      {count > 0 && (
        <span className="nums ml-auto hidden rounded bg-busy px-1.5 text-12 font-medium text-bg xl:inline" aria-label={`${count} need you`}>
          {count}
        </span>
      )}
    </Link>
  );
}
