/**
 * What the address of the board says: how it is shown, and which tasks.
 */

/** The search parameters of the board. */
export interface BoardSearch {
  readonly view?: 'columns' | 'table' | undefined;
  /** Words that must occur in id, title, type or session. */
  readonly q?: string | undefined;
  readonly type?: string | undefined;
  readonly capability?: string | undefined;
  readonly session?: string | undefined;
  readonly status?: string | undefined;
  readonly sort?: string | undefined;
  /** The column of what is blocked is not shown. */
  readonly blocked?: 'hidden' | undefined;
}

/** Reads them. */
export function readBoardSearch(search: Record<string, unknown>): BoardSearch {
  const text = (name: string): string | undefined => (typeof search[name] === 'string' && search[name] !== '' ? search[name] : undefined);
  const view = text('view');
  return {
    view: view === 'table' || view === 'columns' ? view : undefined,
    q: text('q'),
    type: text('type'),
    capability: text('capability'),
    session: text('session'),
    status: text('status'),
    sort: text('sort'),
    blocked: text('blocked') === 'hidden' ? 'hidden' : undefined,
  };
}
