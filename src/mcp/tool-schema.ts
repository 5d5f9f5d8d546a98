/**
 * Makes the input schema of a tool from the input of its operation: one flat object, because models are given no choice
 * between forms at the top, without what a tool never takes (command ids) and without what only costs the reader
 * (patterns, limits of numbers that nobody meets). The contract checks the input in the end.
 */
import { z } from 'zod';

/** A JSON schema. */
export type ToolSchema = Readonly<Record<string, unknown>>;

/** Fields that the door fills in. */
const FILLED: ReadonlySet<string> = new Set(['command_id']);
const SESSION = {
  caller: { type: 'string', description: 'Id of your session; left out: the one that you are.' },
  subject: { type: 'string', description: 'Id of a session; left out: yours.' },
} as const;

/** The schema of a tool's arguments; `session` is what a session is in them. */
export function toolSchema(input: z.ZodType, session: keyof typeof SESSION | 'filter'): ToolSchema & { readonly type: 'object' } {
  const forms = input instanceof z.ZodUnion ? (input.options as readonly z.ZodType[]) : [input];
  const drawn = forms.map((form) => z.toJSONSchema(form, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' }));
  const properties: Record<string, unknown> = {};
  for (const form of drawn) {
    for (const [name, schema] of Object.entries(form.properties ?? {})) if (!FILLED.has(name)) properties[name] ??= plain(schema);
  }
  if ('session_id' in properties && session !== 'filter') properties['session_id'] = SESSION[session];
  const [first, ...others] = drawn.map(({ required = [] }) => required);
  const required = (first ?? []).filter((name) => name !== 'session_id' && others.every((other) => other.includes(name)));
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }), additionalProperties: false };
}

/** The schema without what only costs the reader; a choice of types is written as one of schemas, which every client can read. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $schema: _dialect, pattern: _pattern, type, ...rest } = schema as Readonly<Record<string, unknown>>;
  const kept = Object.entries(rest).filter(([key, value]) => !isNeverMet(key, value));
  const others = Object.fromEntries(kept.map(([key, value]) => [key, key === 'properties' ? plainFields(value) : plain(value)]));
  if (Array.isArray(type)) return { ...others, anyOf: type.map((each: unknown) => ({ type: each })) };
  return type === undefined ? others : { type, ...others };
}

/** The fields of an object; a field may have the name of a keyword. */
function plainFields(fields: unknown): unknown {
  return Object.fromEntries(Object.entries(fields as Readonly<Record<string, unknown>>).map(([name, schema]) => [name, plain(schema)]));
}

function isNeverMet(key: string, value: unknown): boolean {
  return (key === 'maximum' || key === 'minimum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
}
