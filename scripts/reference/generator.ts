/**
 * The port of the reference generators: each owns one file of docs/reference and derives it from the code.
 */

/** Makes the whole text of one checked-in file; the same code always gives the same text. */
export interface ReferenceGenerator {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly generate: () => string | Promise<string>;
}

/** A Markdown table; cells are escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
