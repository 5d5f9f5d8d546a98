/**
 * Checks what the user gave against the schema of an operation, so that a mistake is named by its flag before anything is sent.
 */
import type { CallInput } from '../client/client.ts';
import { Failure } from '../contract/failure.ts';
import { OPERATIONS, type OperationName } from '../contract/operations.ts';

/** The input, unchanged, when it is valid. Throws Failure `invalid_input`; `flags` names the flag of a field. */
export function checkInput<N extends OperationName>(name: N, input: unknown, flags: ReadonlyMap<string, string>): CallInput<N> {
  const result = OPERATIONS[name].input.safeParse(input);
  if (result.success) return input as CallInput<N>;
  const issues = result.error.issues.map(({ path, message }) => {
    const [field, ...rest] = path.map(String);
    if (field === undefined) return message;
    return [flags.get(field) ?? field, ...rest].join('.').concat(`: ${message}`);
  });
  throw new Failure('invalid_input', { issues: [...new Set(issues)].slice(0, 5).join('; ') });
}
