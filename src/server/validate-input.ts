/**
 * Checks an operation's input against the contract. A schema is compiled when its first input comes, so that a server is
 * ready soon; from then on valid input costs some hundred nanoseconds, and only invalid input pays for its explanation.
 */
import { z } from 'zod';
import { explainIssues } from '../contract/explain-issues.ts';
import { Failure } from '../contract/failure.ts';
import { type InputOf, OPERATIONS, type OperationName } from '../contract/operations.ts';

/** Returns the checked input, or throws Failure `invalid_input`. */
export type Validate<T> = (input: unknown) => T;

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
  let compiled: typeof schema | null = null;
  return (input) => {
    compiled ??= z.compile(schema);
    const result = compiled.safeParse(input);
    if (result.success) return result.data;
    const { error } = schema.safeParse(input, { reportInput: true });
    throw new Failure('invalid_input', { issues: explainIssues((error ?? result.error).issues) });
  };
}

function ownKeys(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
