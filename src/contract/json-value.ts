/**
 * What a free-form value on the wire may be: plain JSON, not nested without end. Checked by hand, because a recursive
 * schema costs microseconds per value and a value nested deeply enough breaks whoever walks it later.
 */
import { z } from 'zod';

/** Levels of nesting that a free-form value may have. */
const JSON_DEPTH = 64;

/** Text or a JSON object, not copied. */
export function textOrJsonObject(): z.ZodType<string | Record<string, z.core.util.JSONType>> {
  const problem = `must be text or a JSON object, at most ${JSON_DEPTH} levels deep and without a key named __proto__`;
  return z
    .custom<string | Record<string, z.core.util.JSONType>>((value) => typeof value === 'string' || isJsonObject(value, JSON_DEPTH), problem)
    .meta({ type: ['string', 'object'] });
}

function isJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (!Array.isArray(value)) return isJsonObject(value, depth);
  if (depth === 0) return false;
  for (const item of value as unknown[]) if (!isJson(item, depth - 1)) return false;
  return true;
}

function isJsonObject(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth === 0) return false;
  for (const key of Object.keys(value)) {
    if (key === '__proto__' || !isJson((value as Readonly<Record<string, unknown>>)[key], depth - 1)) return false;
  }
  return true;
}
