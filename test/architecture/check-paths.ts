/**
 * Finds paths of the machine that a file was written on. `/work/…` is also the beginning of the product's own routes.
 */

const MACHINE_PATH = /(?<![\w.:})\]-])\/(work|home|root|Users|tmp\/team)(?:\/([\w.-]+)|(?![\w/-]))/g;

/** Machine paths in a text, as `line: path`; `routes` are the second segments that `/work/` has in the product. */
export function machinePaths(text: string, routes: ReadonlySet<string>): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(MACHINE_PATH)].filter((found) => !isRoute(found[1], found[2], routes)).map((found) => `${index + 1}: ${found[0]}`),
    );
}

/** The second segments of the routes below `/work/` that the text of the operations table names. */
export function workRoutes(operations: string): Set<string> {
  return new Set([...operations.matchAll(/'\/work\/([\w-]+)/g)].map((found) => found[1] ?? ''));
}

function isRoute(first: string | undefined, second: string | undefined, routes: ReadonlySet<string>): boolean {
  return first === 'work' && (second === undefined || routes.has(second));
}
