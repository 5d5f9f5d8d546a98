/**
 * Checks what the user gave against the schema of an operation, so that a mistake is named by its flag before anything is sent.
 */
import { z } from 'zod';
import type { CallInput } from '../client/client.ts';
import { explainIssues } from '../contract/explain-issues.ts';
import { Failure } from '../contract/failure.ts';
import { OPERATIONS, type OperationName } from '../contract/operations.ts';

/** The input, unchanged, when it is valid. Throws Failure `invalid_input`; `flags` names the flag of a field. */
export function checkInput<N extends OperationName>(
  name: N,
  input: Readonly<Record<string, unknown>>,
  flags: ReadonlyMap<string, string>,
): CallInput<N> {
  const result = formOf(OPERATIONS[name].input, input).safeParse(input);
  if (result.success) return input as CallInput<N>;
  const flagOf = (field: string): string => field.replace(/^\w+/, (first) => flags.get(first) ?? first);
  throw new Failure('invalid_input', { issues: explainIssues(result.error.issues, flagOf) });
}

/** Of an operation's several forms the one that the input was meant for. */
function formOf(schema: z.ZodType, input: Readonly<Record<string, unknown>>): z.ZodType {
  if (!(schema instanceof z.ZodUnion)) return schema;
  const forms = schema.options as readonly z.ZodType[];
  const first = forms[0] ?? schema;
  const own = (form: z.ZodType): string[] => (form instanceof z.ZodObject ? Object.keys(form.shape) : []);
  return forms.find((form) => own(form).some((key) => key in input && !own(first).includes(key))) ?? first;
}
