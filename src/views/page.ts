/**
 * Pages through a list in the order in which its entries came. The cursor is the number of the last entry of a page. A page
 * looks at a bounded number of entries and shows a bounded amount of text, so that neither a filter which matches nothing
 * nor entries of a megabyte hold up the writer.
 */
import { Failure } from '../contract/failure.ts';

const PAGE = 100;
const SCANNED = 50_000;
/** About the characters of a page; one entry more may pass it. */
const CHARACTERS = 4 * 1_048_576;

/** What a page is asked for. */
interface PageRequest {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/** The list. */
interface Paged<T> {
  /** Entries with their numbers, from after `number` on; null for one that has left. */
  readonly after: (number: number) => Iterable<readonly [number, T | null]>;
  readonly matches: (item: T) => boolean;
  /** About the characters that an entry is shown with, beyond a few hundred. */
  readonly sizeOf?: (item: T) => number;
}

/** The matching entries after the cursor, and the cursor of the next page. Throws Failure `invalid_input` for a foreign cursor. */
export function pageOf<T>(
  request: PageRequest,
  { after, matches, sizeOf }: Paged<T>,
): { readonly items: T[]; readonly next: string | null } {
  const items: T[] = [];
  const limit = request.limit ?? PAGE;
  let last = cursorOf(request.cursor);
  let scanned = 0;
  let characters = 0;
  for (const [number, item] of after(last)) {
    if (items.length >= limit || scanned >= SCANNED || characters >= CHARACTERS) return { items, next: String(last) };
    last = number;
    scanned += 1;
    if (item === null || !matches(item)) continue;
    items.push(item);
    characters += sizeOf?.(item) ?? 0;
  }
  return { items, next: null };
}

function cursorOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,15}$/.test(cursor)) throw new Failure('invalid_input', { issues: 'cursor: not a cursor of this list' });
  return Number(cursor);
}
