/**
 * What stands where an answer will be, is missing, or could not be had: skeleton, empty, error, and no permission.
 */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from '../../../src/contract/failure.ts';
import { Button } from './button.tsx';

/** Grey rows in place of an answer that is on its way. */
export function Skeleton({ rows = 6, label = 'Loading' }: { readonly rows?: number; readonly label?: string }): ReactNode {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-2 p-1">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="h-6 rounded bg-raised" style={{ width: `${95 - ((row * 17) % 40)}%` }} />
      ))}
      <span className="sr-only">Loading…</span>
    </div>
  );
}

/** Nothing is here, why, and what to do about it. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="m-auto flex max-w-md flex-col items-center gap-3 px-4 py-12 text-center">
      <p className="text-14 font-medium">{title}</p>
      {children !== undefined && <div className="flex flex-col items-center gap-3 text-muted">{children}</div>}
    </div>
  );
}

/** Something could not be had: what, why, and the next step. */
export function Trouble({
  what,
  error,
  retry,
}: {
  readonly what: string;
  readonly error: unknown;
  readonly retry?: () => void;
}): ReactNode {
  const forbidden = error instanceof Failure && (error.code === 'forbidden' || error.code === 'unauthenticated');
  const reason = error instanceof Error ? error.message : String(error);
  return (
    <div role="alert" className="m-auto flex max-w-lg flex-col items-center gap-2 px-4 py-12 text-center">
      <p className="text-14 font-medium">{forbidden ? `You may not see ${what}.` : `${capital(what)} could not be read.`}</p>
      <p className="foreign text-muted">{reason}</p>
      {error instanceof Failure && (
        <p className="foreign text-12 text-muted">
          {error.hint} <code className="font-mono">[{error.code}]</code>
        </p>
      )}
      {!forbidden && retry !== undefined && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}

/** An answer when it is there, and what stands in its place until then. */
export function Answer<T>({
  query,
  what,
  rows,
  children,
}: {
  readonly query: UseQueryResult<T>;
  readonly what: string;
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}): ReactNode {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Trouble what={what} error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton label={`Loading ${what}`} {...(rows === undefined ? {} : { rows })} />;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
