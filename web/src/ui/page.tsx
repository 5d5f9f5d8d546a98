/**
 * The frame that every page has: its heading, what can be done, and its content. It sets the title of the window.
 */
import { type ReactNode, useLayoutEffect } from 'react';
import { SWARM } from '../data/place.ts';

/** What a page is given. */
interface PageProps {
  readonly title: string;
  /** Beside the heading: what is shown, in a few words. */
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page. */
export function Page({ title, note, actions, children }: PageProps): ReactNode {
  useLayoutEffect(() => {
    document.title = `${title} · ${SWARM === 'default' ? 'Tutti' : `${SWARM} · Tutti`}`;
  }, [title]);
  return (
    <div className="flex min-h-full flex-col gap-3 p-3 md:h-full md:min-h-0 md:p-4">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="text-16 font-semibold">{title}</h1>
        {note !== undefined && <div className="text-muted">{note}</div>}
        {actions !== undefined && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page with a heading. */
export function Section({
  title,
  aside,
  children,
  className = '',
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}): ReactNode {
  return (
    <section aria-label={title} className={`flex min-w-0 flex-col rounded border bg-surface ${className}`}>
      <header className="flex min-h-8 items-center justify-between gap-2 border-b px-3">
        <h2 className="text-12 font-semibold tracking-wide text-muted uppercase">{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
