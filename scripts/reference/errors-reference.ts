/**
 * docs/reference/errors.md: every code of the error catalogue.
 */
import { ERRORS } from '../../src/contract/error-catalogue.ts';
import type { ErrorEntry } from '../../src/contract/errors/error-entry.ts';
import { markdownTable, type ReferenceGenerator } from './generator.ts';

/** Writes the catalogue as a table, in its order. */
export const errorsReference: ReferenceGenerator = {
  file: 'docs/reference/errors.md',
  generate: () => errorsText(ERRORS),
};

/** The text for any catalogue. */
export function errorsText(catalogue: Readonly<Record<string, ErrorEntry>>): string {
  const rows = Object.entries(catalogue).map(([code, { message, http, exit, retryable, hint }]) => [
    `\`${code}\``,
    message,
    String(http),
    String(exit),
    retryable ? 'yes' : 'no',
    hint,
  ]);
  return `# Errors

Generated from the error catalogue by \`npm run docs:generate\`; do not edit.

Every refusal and every failure carries one of these codes. Over HTTP it is \`code\` of an RFC 9457 problem with the given status;
on the command line the process ends with the given exit code. \`{name}\` stands for a value. Codes never change their meaning.

${markdownTable(['code', 'message', 'HTTP', 'exit', 'retry helps', 'what to do'], rows)}
`;
}
