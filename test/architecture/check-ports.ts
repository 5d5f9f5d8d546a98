/**
 * Finds clocks, randomness, timers, network and workers that do not come through a port,
 * and `process.env` outside the configuration.
 */
import { ENVIRONMENT_FOLDER, PORT_FILES, PORTED, PORTED_GLOBALS, PORTED_MODULES } from './rules.ts';
import { place, type SourceFile } from './source-file.ts';
import { isNode, nameOf, nodesOf, type SyntaxNode } from './syntax-walk.ts';

/** Uses of the real thing in folders whose time, randomness, network and workers come through ports. */
export function checkPorts(files: readonly SourceFile[]): string[] {
  const ported = files.filter((file) => PORTED.includes(file.path.split('/')[1] ?? '') && !PORT_FILES.includes(file.path));
  return ported.flatMap((file) => [...globalUses(file), ...moduleUses(file)]);
}

/** Reads of the environment outside of the configuration. */
export function checkEnvironment(files: readonly SourceFile[]): string[] {
  const others = files.filter((file) => !file.path.startsWith(`src/${ENVIRONMENT_FOLDER}/`));
  return others.flatMap((file) => [
    ...[...nodesOf(file)]
      .filter(({ node }) => isNode(node, 'MemberExpression') && nameOf(node['object']) === 'process' && propertyOf(node) === 'env')
      .map(({ node }) => `${place(file, node.start)}: process.env is read outside ${ENVIRONMENT_FOLDER}`),
    ...importedNames(file)
      .filter((each) => /^(node:)?process$/.test(each.target) && each.name === 'env')
      .map((each) => `${place(file, each.at)}: the environment is imported outside ${ENVIRONMENT_FOLDER}`),
  ]);
}

function globalUses(file: SourceFile): string[] {
  const own = ownNames(file);
  return [...nodesOf(file)].flatMap(({ node, parent }) => {
    const used = isGlobalThis(node) ? propertyOf(node) : isReference(node, parent) && !own.has(nameOf(node) ?? '') ? nameOf(node) : null;
    const rule = used === null || !Object.hasOwn(PORTED_GLOBALS, used) ? undefined : PORTED_GLOBALS[used];
    if (used === null || rule === undefined) return [];
    const what = rule === '*' ? used : forbiddenUse(used, rule, parent);
    return what === null ? [] : [`${place(file, node.start)}: ${what} does not come through a port`];
  });
}

/** Names that the file itself declares: they hide the globals of the same name. */
function ownNames(file: SourceFile): Set<string> {
  const names = new Set<string>();
  for (const { node } of nodesOf(file)) {
    const params = Array.isArray(node['params']) ? (node['params'] as unknown[]) : [];
    const bound = [node.type === 'VariableDeclarator' ? node['id'] : null, ...params].filter((each) => isNode(each));
    for (const each of bound.flatMap((pattern) => boundBy(pattern))) names.add(each);
  }
  return names;
}

function boundBy(pattern: SyntaxNode): string[] {
  const inner = [pattern['properties'], pattern['elements'], pattern['value'], pattern['left'], pattern['argument']].flat();
  return [nameOf(pattern) ?? '', ...inner.filter((each) => isNode(each)).flatMap((each) => boundBy(each))];
}

/** `Date.now`, `new Date()` and `Date()` read the clock; `new Date(ms)` and `Date.parse` do not. */
function forbiddenUse(name: string, properties: readonly string[], parent: SyntaxNode | null): string | null {
  if (isNode(parent, 'MemberExpression')) return properties.includes(propertyOf(parent) ?? '') ? `${name}.${propertyOf(parent)}` : null;
  if (name !== 'Date') return null;
  if (isNode(parent, 'CallExpression')) return 'Date()';
  return isNode(parent, 'NewExpression') && (parent['arguments'] as unknown[]).length === 0 ? 'new Date()' : null;
}

function moduleUses(file: SourceFile): string[] {
  return importedNames(file).flatMap(({ target, name, typesOnly, at }) => {
    const rule = PORTED_MODULES[target] ?? PORTED_MODULES[`node:${target}`];
    if (rule === undefined || typesOnly || (rule !== '*' && name !== null && !rule.includes(name))) return [];
    return [`${place(file, at)}: ${name ?? '*'} of ${target} does not come through a port`];
  });
}

/** Each imported name with its module; null stands for the whole module. */
function importedNames(file: SourceFile): { target: string; name: string | null; typesOnly: boolean; at: number }[] {
  const named = file.module.staticImports.flatMap((each) =>
    each.entries.map((entry) => ({
      target: each.moduleRequest.value,
      name: entry.importName.name,
      typesOnly: entry.isType,
      at: each.start,
    })),
  );
  const dynamic = file.module.dynamicImports.map((each) => ({
    target: file.text.slice(each.moduleRequest.start + 1, each.moduleRequest.end - 1),
    name: null,
    typesOnly: false,
    at: each.start,
  }));
  return [...named, ...dynamic];
}

function isGlobalThis(node: SyntaxNode): boolean {
  return isNode(node, 'MemberExpression') && nameOf(node['object']) === 'globalThis';
}

/** True for an identifier that stands for a value: not a property name, not a key, not a type, not a declaration. */
function isReference(node: SyntaxNode, parent: SyntaxNode | null): boolean {
  if (nameOf(node) === null || parent === null) return false;
  const { type } = parent;
  if (type === 'MemberExpression') return parent['object'] === node || parent['computed'] === true;
  if (type === 'Property' || type.endsWith('Definition')) return parent['value'] === node;
  return !type.startsWith('TS') && !/Function|Import|Export|Label/.test(type) && parent['id'] !== node;
}

function propertyOf(node: SyntaxNode): string | null {
  const { property } = node as { property?: unknown };
  if (isNode(property, 'Literal')) return String(property['value']);
  return nameOf(property);
}
