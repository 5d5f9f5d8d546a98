/**
 * The changed files as a tree of their folders: each leads to its hunks, and says whether it was looked at.
 */
import type { ReactNode } from 'react';
import type { ChangedPath } from '../../../src/contract/views/changes-view.ts';
import { Foreign } from '../ui/foreign.tsx';

/** Id of a file's place on the page. */
export function placeOf(path: string): string {
  return `file-${encodeURIComponent(path)}`;
}

/** What the tree is given. */
interface FileTreeProps {
  readonly files: readonly ChangedPath[];
  readonly viewed: ReadonlySet<string>;
}

const SIGNS = { added: '+', deleted: '−', modified: '~' } as const;

/** The tree; folders in the order of their names. */
export function FileTree({ files, viewed }: FileTreeProps): ReactNode {
  const folders = Map.groupBy(
    files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    ({ path }) => path.slice(0, path.lastIndexOf('/') + 1),
  );
  return (
    <nav
      aria-label="Changed files"
      className="max-h-[40vh] overflow-auto rounded border bg-surface py-1 text-12 2xl:sticky 2xl:top-0 2xl:max-h-[80vh] 2xl:self-start"
    >
      {[...folders].map(([folder, inside]) => (
        <div key={folder}>
          {folder !== '' && <Foreign text={folder} className="block truncate px-2 font-mono text-muted" />}
          <ul>
            {inside.map(({ path, status }) => (
              <li key={path}>
                <button
                  type="button"
                  className={`flex min-h-6 w-full items-center gap-1.5 pr-2 text-left hover:bg-raised ${folder === '' ? 'pl-2' : 'pl-4'}`}
                  onClick={() => goTo(path)}
                >
                  <span aria-hidden="true" className="w-3 text-muted">
                    {viewed.has(path) ? '✓' : SIGNS[status]}
                  </span>
                  <Foreign text={path.slice(folder.length)} className="min-w-0 truncate font-mono" />
                  <span className="sr-only">
                    {status}
                    {viewed.has(path) ? ', viewed' : ''}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function goTo(path: string): void {
  const place = document.getElementById(placeOf(path));
  place?.scrollIntoView({ block: 'start' });
  place?.querySelector('button')?.focus({ preventScroll: true });
}
