/**
 * The one time cursor of all pages: the sequence number in `?at=`, or null for now. While it is set nothing can be changed.
 */
import { useNavigate, useSearch } from '@tanstack/react-router';

/** The search parameters that every page has. */
export interface SharedSearch {
  readonly at?: number | undefined;
}

/** Reads them from an address. */
export function readSharedSearch(search: Record<string, unknown>): SharedSearch {
  const at = Number(search['at']);
  return search['at'] !== undefined && Number.isInteger(at) && at >= 0 ? { at } : {};
}

/** The moment this page shows, as a sequence number; null: now. */
export function useMoment(): number | null {
  return useSearch({ strict: false, select: (search) => (search as SharedSearch).at ?? null });
}

/** How to travel: to a sequence number, or back to now with null. Every page stays where it is. */
export function useTravel(): (at: number | null) => void {
  const navigate = useNavigate();
  return (at) => {
    void navigate({ to: '.', search: ((before: object) => ({ ...before, at: at ?? undefined })) as never, replace: true });
  };
}
