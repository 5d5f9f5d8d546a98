/**
 * Follows the codes of the error catalogue to where they are raised and documented.
 */
import type { SourceFile } from './source-file.ts';
import { isNode, nodesOf } from './syntax-walk.ts';

/** Codes that no source outside the catalogue names as a string. */
export function unraisedCodes(codes: readonly string[], files: readonly SourceFile[]): string[] {
  const named = new Set<string>();
  for (const file of files) {
    for (const { node } of nodesOf(file)) if (isNode(node, 'Literal') && typeof node['value'] === 'string') named.add(node['value']);
  }
  return codes.filter((code) => !named.has(code));
}

/** Codes without a row in the reference of errors. */
export function undocumentedCodes(codes: readonly string[], reference: string): string[] {
  return codes.filter((code) => !reference.includes(`| \`${code}\` |`));
}
