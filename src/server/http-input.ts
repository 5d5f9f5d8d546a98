/**
 * Puts the input of an operation together from what an HTTP request carries: body, query and path.
 * Query values are text; those of number and boolean fields are read as such, a list is given by a field that comes several
 * times or as JSON, and what cannot be read stays text, so that the contract names the field. Invariant: a field given twice with different values is refused.
 */
import { z } from 'zod';
import { Failure } from '../contract/failure.ts';
import { OPERATIONS, type OperationName } from '../contract/operations.ts';

/** The parts of a request that carry input. */
export interface RequestParts {
  /** The parsed body; undefined when there is none. */
  readonly body: unknown;
  readonly query: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, unknown>>;
  /** The header `idempotency-key`. */
  readonly idempotencyKey: string | undefined;
}

type Read = (value: unknown) => unknown;

/** How the input of an operation is put together. */
export function inputReaderOf(name: OperationName): (parts: RequestParts) => unknown {
  const { kind, input } = OPERATIONS[name];
  const reads = new Map<string, Read>();
  for (const [field, schema] of fieldsOf(input)) reads.set(field, readerOf(schema));
  return ({ body, query, params, idempotencyKey }) => {
    const extra: [string, unknown][] = [];
    for (const field in query) extra.push([field, read(reads.get(field), query[field])]);
    for (const field in params) if (field !== 'swarm') extra.push([field, params[field]]);
    if (idempotencyKey !== undefined && kind === 'command') extra.push(['command_id', idempotencyKey.replace(/^"(.*)"$/, '$1')]);
    const given = body === undefined ? {} : body;
    return extra.length === 0 || !isFields(given) ? given : merged(given, extra);
  };
}

/** The fields of an input; of several forms, those of all. */
export function fieldsOf(input: z.ZodType): [string, z.ZodType][] {
  if (input instanceof z.ZodUnion) return (input.options as readonly z.ZodType[]).flatMap(fieldsOf);
  return input instanceof z.ZodObject ? Object.entries<z.ZodType>(input.shape) : [];
}

function merged(given: Readonly<Record<string, unknown>>, extra: readonly [string, unknown][]): Record<string, unknown> {
  const input: Record<string, unknown> = { ...given };
  for (const [field, value] of extra) {
    if (field === '__proto__') throw new Failure('invalid_input', { issues: '__proto__: unknown field' });
    if (Object.hasOwn(input, field) && input[field] !== value) {
      throw new Failure('invalid_input', { issues: `${field}: given twice, with different values` });
    }
    input[field] = value;
  }
  return input;
}

function read(reader: Read | undefined, value: unknown): unknown {
  return reader === undefined ? value : reader(value);
}

function readerOf(schema: z.ZodType): Read {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return readerOf(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodNumber)
    return (value) => (typeof value === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? Number(value) : value);
  if (schema instanceof z.ZodBoolean) return (value) => (value === 'true' ? true : value === 'false' ? false : value);
  if (schema instanceof z.ZodArray) {
    const readItem = readerOf(schema.element as z.ZodType);
    return (value) => listIn(value).map(readItem);
  }
  return (value) => value;
}

/** A list as its field several times, as JSON, or as the only thing in it. */
function listIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string' || !value.startsWith('[')) return [value];
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : [value];
  } catch {
    return [value];
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
