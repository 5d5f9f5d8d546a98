/**
 * Makes the input schema of a tool from the input of its operation: one flat object, because models are given no choice
 * between forms at the top, without what a tool never takes (command ids). Every agent reads all schemas in each of its runs,
 * so they say what a caller has to know and leave out what only costs: patterns, lengths, bounds that nobody meets, `null`
 * where leaving the field out means the same, names said twice. Invariant: what satisfies the contract satisfies the schema, but for
 * such nulls and the number of an event as a number; the contract, which checks every call, refuses the rest with the field and the bound.
 */
import { z } from 'zod';

/** A JSON schema. */
export type ToolSchema = Readonly<Record<string, unknown>>;

/** Fields that the door fills in. */
const FILLED: ReadonlySet<string> = new Set(['command_id']);
const SESSION = {
  caller: { type: 'string' },
  subject: { type: 'string', description: 'Left out: yours.' },
} as const;
/** A moment is a number, a time or a span; the contract reads all of them from a text. */
const MOMENT = 'As `at`.';
/** The one that everything which only reads takes; what an agent is told when it connects says what it is. */
const AT = { type: 'string' } as const;
/** What tools say in fewer words than the contract, by how its words begin. Invariant: some field begins so. */
export const SHORTER: readonly (readonly [string, string])[] = [
  ['A moment: the number', ''],
  ['Lease number of the assignment', 'Of the assignment.'],
  ['Kind of work; default ids', 'Kind of work.'],
  ['Tasks of different groups', 'Groups share the sessions fairly.'],
  ['A name, for example deploy', 'A name, or files: `file:src/**`; * within a segment.'],
  ['Key that tasks name', 'Or `type:`, `group:`, `capability:` and a name.'],
  ['Too much at once, an allowance', 'access: the key or bill is refused; model: it is not there.'],
  ['Text or a JSON object.', ''],
  ['1 to 10; 10 is the most urgent.', '10: most urgent.'],
  ['1 to 10; 10 is handed out first.', 'Default 5.'],
  ['true: say what would be changed', 'Change nothing, only say.'],
  ['The version it must have now', 'It must have this one; 0: none.'],
  ['Only this session: it finishes', 'Only this session.'],
  ['Only tasks that need this', ''],
  ['What the provider said; shown', 'What the provider said.'],
  ['Seconds before another attempt', 'Seconds.'],
  ['So many samples of the last', 'Samples of the last hours.'],
  ['null or left out: nobody knows', 'Left out: nobody knows.'],
  ['What the next attempt', 'For the next attempt.'],
  ['false: register without taking', 'Default true.'],
  ['false: an idle heartbeat', 'Default true.'],
  ['Count and list only what came', 'Only what came after.'],
  ['Files, commits', 'Files, commits, addresses.'],
  ['ISO 8601, UTC.', 'ISO 8601.'],
  ['Adding under the same key', 'The same key adds once; known for 24 h.'],
  ['When it should have ended.', 'Shown as overdue after it; ISO 8601.'],
  ['It must not start before this', 'ISO 8601.'],
  ['Times that were missed', 'Missed times: none, the last, or all (at most 100).'],
  ['At most `limit` tasks', 'So many of the same key at once.'],
  ['Amounts of named resources', 'Amounts that it holds.'],
  ['Tasks are found and moved', ''],
  ['The unfinished task that this', 'The unfinished task that it is a part of.'],
  ['Seconds before which', 'Seconds.'],
  ['When a dependency fails:', 'When one fails: wait for its retry, fail too, run anyway.'],
  ['Attempts that may fail before the task has failed', 'Default 1.'],
  ['Pause before the second attempt', 'Before the second attempt, doubled with each; default 5.'],
  ['Whose allowance at a provider', 'Whose allowance it shares; no credential.'],
  ['true: give the task back;', 'Give the task back until it is answered.'],
  ['The task that needs it; left out', 'Left out: the one you hold.'],
  ['The answer that holds when', 'Holds when nobody answers by the deadline.'],
  ['false: the task goes on', 'false: the task goes on; default true.'],
  ['Words; those that few topics', 'Words; depl* finds beginnings.'],
  ['What one has to know to decide', ''],
  ['How long it lasts unless', '1 s to a day, default 300.'],
  ['Token of the lock; left out', 'Left out: what you hold under this name.'],
  ['When one of them fails; default', 'Default ignore.'],
  ['Its folder on the machine of', 'Left out: that of its instructions.'],
  ['Minute, hour, day, month', 'Five fields; six with seconds.'],
  ['When a task of it is not over', 'While one is not over: another, none, or one that waits.'],
  ['Changes and kept things', 'Default 200.'],
  ['Changes that are listed', 'Default 200.'],
];
const BY_REASON = 'Only tasks whose last attempt failed for this reason';
const RETRIES = 'By reason (as in `complete_task`): {retry: backoff | after | never, after_seconds, max_attempts}.';
/** What only says that it is what its name says. */
const SAYS_NOTHING = /^(?:An?|Id of (?:an?|your)|Name of an?) [\w -]+(?:, for example [^ ]+)?\.$/;
/** What says too little for its price. */
const DROPPED: ReadonlySet<string> = new Set([
  '$schema',
  'pattern',
  'format',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'propertyNames',
  'default',
]);
const BOUNDS: ReadonlySet<string> = new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']);
/** A larger bound is met by accident at most, and then it is named. */
const BOUND_MET = 100;

/** The schema of a tool's arguments; `session` is what a session is in them. */
export function toolSchema(input: z.ZodType, session: keyof typeof SESSION | 'filter'): ToolSchema & { readonly type: 'object' } {
  const forms = input instanceof z.ZodUnion ? (input.options as readonly z.ZodType[]) : [input];
  const drawn = forms.map((form) => z.toJSONSchema(form, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' }));
  const properties: Record<string, unknown> = {};
  for (const form of drawn) {
    for (const [name, schema] of Object.entries(form.properties ?? {}))
      if (!FILLED.has(name)) properties[name] ??= name === 'at' ? AT : plain(schema);
  }
  if ('session_id' in properties && session !== 'filter') properties['session_id'] = SESSION[session];
  const [first, ...others] = drawn.map(({ required = [] }) => required);
  const required = (first ?? []).filter((name) => name !== 'session_id' && others.every((other) => other.includes(name)));
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}

/** The schema without what only costs the reader; a choice of types is written as one of schemas, which every client can read. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== 'object' || schema === null) return schema;
  const whole = schema as ToolSchema;
  if (isMoment(whole)) return { type: 'string', description: [words(whole) ?? '', MOMENT].join(' ').trim() };
  const named = namedForm(whole);
  if (named !== null) return { type: 'object', description: named };
  const { type, description: _words, ...rest } = whole;
  // Reasons are told once, where one is given; a wrong one is refused with all of them.
  if (whole['enum'] !== undefined && String(whole['description']).startsWith(BY_REASON)) return { type, description: BY_REASON };
  const kept = Object.entries(rest).filter(([key, value]) => !DROPPED.has(key) && !isNeverMet(key, value));
  const said = words(whole);
  const entries = Object.fromEntries(kept.map(([key, value]) => [key, key === 'properties' ? plainFields(value) : plain(value)]));
  const others: Record<string, unknown> = said === null ? entries : { ...entries, description: said };
  // A field that is none is refused by the contract, with its name.
  if (others['additionalProperties'] === false) delete others['additionalProperties'];
  if (others['minimum'] === 1 && others['maximum'] === undefined) delete others['minimum'];
  if (Array.isArray(type)) return { ...others, anyOf: type.map((each: unknown) => ({ type: each })) };
  return withoutNull(type === undefined ? others : { type, ...others });
}

/** Left out means null where nothing is said of it. */
function withoutNull(schema: Record<string, unknown>): Record<string, unknown> {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || /\bnull\b/.test(JSON.stringify(schema['description'] ?? ''))) return schema;
  const forms = (anyOf as readonly Record<string, unknown>[]).filter((form) => form['type'] !== 'null');
  const [only] = forms;
  return forms.length === 1 ? { ...only, ...rest } : { anyOf: forms, ...rest };
}

/** The fields of an object; a field may have the name of a keyword. */
function plainFields(fields: unknown): unknown {
  return Object.fromEntries(Object.entries(fields as ToolSchema).map(([name, schema]) => [name, plain(schema)]));
}

function isNeverMet(key: string, value: unknown): boolean {
  return BOUNDS.has(key) && (Math.abs(Number(value)) > BOUND_MET || (key !== 'maximum' && Number(value) === 0));
}

function isMoment({ anyOf }: ToolSchema): boolean {
  return Array.isArray(anyOf) && anyOf.length === 2 && JSON.stringify(anyOf[0]).includes('Sequence number of an event');
}

/** What is said of a field; null when it says no more than the name. */
function words({ description }: ToolSchema): string | null {
  if (typeof description !== 'string' || SAYS_NOTHING.test(description)) return null;
  const short = SHORTER.find(([begin]) => description.startsWith(begin));
  return (short === undefined ? description : short[1]) || null;
}

/** Forms whose fields another tool tells: a task to add, what finds tasks; null when it is none of them. */
function namedForm({ properties, additionalProperties, description = '' }: ToolSchema): string | null {
  if (String(description).startsWith('What follows from a reason') && additionalProperties !== undefined) return RETRIES;
  if (typeof properties !== 'object' || properties === null) return null;
  if ('workspace_path' in properties) return 'workspace_path, project_name, preferences.';
  if ('infinite_scale' in properties) return 'A task, with the fields of `add_task`.';
  if (!('assigned_to' in properties)) return null;
  return `Or all tasks that fit: ${Object.keys(properties).join(', ')}, as in \`list_tasks\`.`;
}
