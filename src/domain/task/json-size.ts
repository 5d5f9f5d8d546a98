/**
 * How large a JSON value is, without serialising it where an estimate will do.
 */

/** One UTF-16 unit is at most this many bytes of JSON: an escaped control character. The estimate is never off by more. */
const BYTES_PER_CHARACTER = 6;

/** Bytes of the value's JSON text: exact when they come near `limit`, an estimate below it otherwise. */
export function jsonBytes(value: unknown, limit: number): number {
  const size = jsonSize(value, limit);
  return size * BYTES_PER_CHARACTER <= limit ? size : new TextEncoder().encode(JSON.stringify(value)).length;
}

/** About the characters of the value's JSON text, counted until `limit` is passed. */
export function jsonSize(value: unknown, limit: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 2;
  for (const key in value) {
    size += key.length + 4 + jsonSize((value as Readonly<Record<string, unknown>>)[key], limit - size);
    if (size > limit) return size;
  }
  return size;
}
