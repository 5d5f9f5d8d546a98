/**
 * Pages through a map in its order. The cursor names the last entry of a page and its place; a page looks at a bounded number
 * of entries, so that a filter which matches nothing never holds up the writer.
 */
import { Failure } from '../contract/failure.ts';

const PAGE = 100;
const SCANNED = 50_000;

/** What a page is asked for. */
interface PageRequest {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/** The matching entries after the cursor, and the cursor of the next page. Throws Failure `invalid_input` for a foreign cursor. */
export function pageOf<T>(
  entries: ReadonlyMap<string, T>,
  request: PageRequest,
  matches: (item: T) => boolean,
): { readonly items: T[]; readonly next: string | null } {
  const items: T[] = [];
  const limit = request.limit ?? PAGE;
  const after = cursorOf(request.cursor);
  let position = 0;
  let scanned = after === null ? 0 : -1;
  for (const [id, item] of entries) {
    position += 1;
    if (scanned < 0) {
      if (id === after?.id || position >= (after?.position ?? 0)) scanned = 0;
      continue;
    }
    scanned += 1;
    if (matches(item)) items.push(item);
    if ((items.length >= limit || scanned >= SCANNED) && position < entries.size) return { items, next: `${position}:${id}` };
  }
  return { items, next: null };
}

function cursorOf(cursor: string | undefined): { readonly position: number; readonly id: string } | null {
  if (cursor === undefined) return null;
  const parts = /^(\d{1,12}):(.+)$/.exec(cursor);
  if (parts === null) throw new Failure('invalid_input', { issues: 'cursor: not a cursor of this list' });
  return { position: Number(parts[1]), id: parts[2] ?? '' };
}
