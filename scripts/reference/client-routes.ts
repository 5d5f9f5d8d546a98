/**
 * src/client/operation-routes.ts: how a client calls each operation, from the operations table.
 */
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import type { ReferenceGenerator } from './generator.ts';

const HEAD = `/**
 * How each operation is called: its kind, who may, and its first path. Made from the operations table by \`npm run docs:generate\`, and
 * checked with it: a client loads this instead of the table, which comes with the schemas of everything.
 */
import type { HttpPath, OperationKind } from '../contract/operation.ts';
import type { OperationName } from '../contract/operations.ts';
import type { Role } from '../contract/roles.ts';

/** How an operation is called. */
export interface OperationRoute extends HttpPath {
  readonly kind: OperationKind;
  readonly role: Role;
}

/** How each operation is called. */
export const ROUTES: Readonly<Record<OperationName, OperationRoute>> = {
`;

const TAKEN = `
/** Paths that a name can make of the path of another operation, as the task \`list\` does. */
export const TAKEN_PATHS: ReadonlySet<string> = new Set([
`;

/** Writes the routes in the order of the table. */
export const clientRoutes: ReferenceGenerator = {
  file: 'src/client/operation-routes.ts',
  generate: () => routesText(OPERATIONS),
};

/** The text for any table. Throws Error for an operation without a path. */
export function routesText(operations: Readonly<Record<string, Pick<Operation, 'kind' | 'role' | 'paths'>>>): string {
  const lines = Object.entries(operations).map(([name, { kind, role, paths }]) => {
    const [first] = paths;
    if (first === undefined) throw new Error(`the operation ${name} has no path`);
    return `  '${name}': { kind: '${kind}', role: '${role}', method: '${first.method}', path: '${first.path}' },\n`;
  });
  const taken = takenPaths(Object.values(operations)).map((path) => `  '${path}',\n`);
  return `${HEAD}${lines.join('')}};\n${TAKEN}${taken.join('')}]);\n`;
}

/** The paths without parameters that fit a path with one. */
function takenPaths(operations: readonly Pick<Operation, 'paths'>[]): string[] {
  const words = operations.flatMap(({ paths }) => paths.map(({ method, path }) => `${method} ${path}`));
  const patterns = words.filter((each) => each.includes('{')).map((each) => new RegExp(`^${each.replaceAll(/\{\w+\}/g, '[^/]+')}$`));
  return words.filter((each) => !each.includes('{') && patterns.some((pattern) => pattern.test(each)));
}
