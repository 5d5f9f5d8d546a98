/**
 * How large a JSON value is, without serialising it.
 */

/** At least the characters of the value's JSON text, counted until `limit` is passed. */
export function jsonSize(value: unknown, limit: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 2;
  for (const [key, item] of Object.entries(value)) {
    size += key.length + 4 + jsonSize(item, limit - size);
    if (size > limit) return size;
  }
  return size;
}
