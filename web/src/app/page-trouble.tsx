/**
 * When a page breaks or does not exist.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Empty, Trouble } from '../ui/panels.tsx';

/** A page broke: the others go on. */
export function PageTrouble({ error, reset }: { readonly error: unknown; readonly reset: () => void }): ReactNode {
  return <Trouble what="this page" error={error} retry={reset} />;
}

/** There is no such page. */
export function NotFound(): ReactNode {
  return (
    <Empty title="There is no such page">
      <Link to="/" className="text-link underline">
        To the overview
      </Link>
    </Empty>
  );
}
