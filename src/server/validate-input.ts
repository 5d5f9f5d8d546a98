/**
 * Checks an operation's input against the contract. The schemas are compiled once; valid input costs some hundred
 * nanoseconds, and only invalid input pays for its explanation. Owns how such an explanation reads.
 */
import { z } from 'zod';
import { Failure } from '../contract/failure.ts';
import { type InputOf, OPERATIONS, type OperationName } from '../contract/operations.ts';

/** Returns the checked input, or throws Failure `invalid_input`. */
export type Validate<T> = (input: unknown) => T;

const ISSUES_SHOWN = 10;
const LONGEST_NAME = 64;

type Issue = z.core.$ZodIssue;

/** The check of an operation's input. */
export function validatorOf<N extends OperationName>(name: N): Validate<InputOf<N>> {
  const schema: z.ZodType = OPERATIONS[name].input;
  if (!(schema instanceof z.ZodUnion)) return validatorFor(schema as z.ZodType<InputOf<N>>);
  const forms = (schema.options as readonly z.ZodType<InputOf<N>>[]).map((form) => ({ keys: ownKeys(form), validate: validatorFor(form) }));
  const [first, ...others] = forms;
  if (first === undefined) throw new TypeError(`${name} takes no input`);
  for (const other of others) other.keys = other.keys.filter((key) => !first.keys.includes(key));
  return (input) => {
    const aimedAt = others.find((form) => form.keys.some((key) => isObject(input) && key in input)) ?? first;
    return aimedAt.validate(input);
  };
}

/** The check of any schema. */
export function validatorFor<T>(schema: z.ZodType<T>): Validate<T> {
  const compiled = z.compile(schema);
  return (input) => {
    const result = compiled.safeParse(input);
    if (result.success) return result.data;
    throw new Failure('invalid_input', { issues: explain(result.error.issues) });
  };
}

/** The issues as `field: problem; field: problem`. */
function explain(issues: readonly Issue[]): string {
  const problems = new Map<string, string>();
  for (const issue of issues) {
    for (const [path, problem] of problemsOf(issue)) {
      const field = fieldName(path);
      if (!problems.has(field)) problems.set(field, problem);
    }
  }
  const shown = [...problems].slice(0, ISSUES_SHOWN).map(([field, problem]) => `${field}: ${problem}`);
  const more = problems.size - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function problemsOf(issue: Issue): [readonly PropertyKey[], string][] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [[...issue.path, key], 'unknown field']);
  return [[issue.path, problemOf(issue)]];
}

function problemOf(issue: Issue): string {
  if (issue.code === 'invalid_type') {
    const [, received] = /received (\w+)$/.exec(issue.message) ?? [];
    return received === 'undefined' ? 'missing' : `must be ${wordFor(issue.expected)}${received === undefined ? '' : `, not ${received}`}`;
  }
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
  if (issue.code === 'too_small')
    return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
  return issue.message;
}

function wordFor(expected: string): string {
  if (expected === 'int') return 'a whole number';
  if (expected === 'nonoptional') return 'given';
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' || origin === 'set' ? ' entries long' : '';
}

function fieldName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'input';
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key).slice(0, LONGEST_NAME)}`))
    .join('')
    .replace(/^\./, '');
}

function ownKeys(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
