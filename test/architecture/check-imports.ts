/**
 * Resolves every import of src against the may-import table.
 */
import { posix } from 'node:path';
import { MAY_IMPORT, ROOT_FILES, WEB_MAY_IMPORT, WITHOUT_NODE, type FolderRule } from './rules.ts';
import { place, type SourceFile } from './source-file.ts';
import { isNode, nameOf, nodesOf } from './syntax-walk.ts';

/** One import of a file: static, dynamic, re-exported, or the URL of a worker. */
interface Import {
  readonly target: string;
  readonly typesOnly: boolean;
  readonly at: number;
}

/** What breaks the table; `known` holds every path that exists. */
export function checkImports(files: readonly SourceFile[], known: ReadonlySet<string>): string[] {
  return files.flatMap((file) => [...checkFolder(file), ...importsOf(file).flatMap((each) => checkOne(file, each, known))]);
}

/** What the dashboard imports and may not: it is a client like any other, in a browser. */
export function checkWebImports(files: readonly SourceFile[], known: ReadonlySet<string>): string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap(({ target, at }) => {
      const path = posix.join(posix.dirname(file.path), target);
      const granted = path.startsWith('web/src/') || WEB_MAY_IMPORT.some((each) => path.startsWith(each));
      if (target.startsWith('node:')) return [`${place(file, at)}: a page may not import ${target}`];
      if (!target.startsWith('.')) return [];
      if (!known.has(path)) return [`${place(file, at)}: imports ${target}, which does not exist`];
      return granted ? [] : [`${place(file, at)}: a page may not import ${path}`];
    }),
  );
}

/** The imports of a file. A target that is not a plain string is reported as an empty one. */
export function importsOf(file: SourceFile): Import[] {
  const { staticImports, staticExports, dynamicImports } = file.module;
  const typed = (start: number): boolean => /^(import|export)\s+type\b/.test(file.text.slice(start, start + 40));
  return [
    ...staticImports.map((each) => ({
      target: each.moduleRequest.value,
      typesOnly: typed(each.start) || (each.entries.length > 0 && each.entries.every((entry) => entry.isType)),
      at: each.start,
    })),
    ...staticExports.flatMap((each) => {
      const from = each.entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest;
      return from ? [{ target: from.value, typesOnly: typed(each.start), at: each.start }] : [];
    }),
    ...dynamicImports.map((each) => ({
      target: literal(file.text.slice(each.moduleRequest.start, each.moduleRequest.end)),
      typesOnly: false,
      at: each.start,
    })),
    ...fileUrls(file),
  ];
}

/** `new URL('./x.ts', import.meta.url)` names a module that a worker or a process loads. */
function fileUrls(file: SourceFile): Import[] {
  return [...nodesOf(file)].flatMap(({ node }) => {
    if (!isNode(node, 'NewExpression') || nameOf(node['callee']) !== 'URL') return [];
    const [first] = node['arguments'] as unknown[];
    const target = isNode(first, 'Literal') ? first['value'] : null;
    return typeof target === 'string' && /^\.{1,2}\/.*\.[cm]?[jt]s$/.test(target) ? [{ target, typesOnly: false, at: node.start }] : [];
  });
}

function literal(source: string): string {
  return /^'[^']*'$|^"[^"]*"$/.test(source) ? source.slice(1, -1) : '';
}

function checkFolder(file: SourceFile): string[] {
  const [folder, ...rest] = file.path.slice('src/'.length).split('/');
  if (rest.length === 0)
    return ROOT_FILES.includes(folder ?? '') ? [] : [`${file.path}: only ${ROOT_FILES.join(', ')} lie directly in src`];
  return MAY_IMPORT[folder ?? ''] === undefined ? [`${file.path}: the folder ${folder} has no row in the may-import table`] : [];
}

function checkOne(file: SourceFile, each: Import, known: ReadonlySet<string>): string[] {
  const problem = each.target.startsWith('.') ? checkRelative(file, each, known) : checkPackage(file, each);
  return problem === null ? [] : [`${place(file, each.at)}: ${problem}`];
}

function checkPackage(file: SourceFile, { target }: Import): string | null {
  const folder = folderOf(file.path);
  if (target === '') return 'imports something that is not a plain string';
  if (target.startsWith('node:')) return WITHOUT_NODE.includes(folder) ? `${folder} may not import ${target}` : null;
  const name = target.split('/', target.startsWith('@') ? 2 : 1).join('/');
  const allowed = MAY_IMPORT[folder]?.packages;
  return allowed === undefined || allowed.includes(name) ? null : `${folder} may not import the package ${name}`;
}

function checkRelative(file: SourceFile, { target, typesOnly }: Import, known: ReadonlySet<string>): string | null {
  const path = posix.join(posix.dirname(file.path), target);
  if (!known.has(path)) return `imports ${target}, which does not exist`;
  if (target.endsWith('.test.ts')) return `imports the test ${target}`;
  if (!path.startsWith('src/')) return path === 'package.json' ? null : `imports ${path}, which is not part of the product`;
  const folder = folderOf(file.path);
  if (folder === '' || folderOf(path) === folder) return null;
  const rule = MAY_IMPORT[folder];
  if (rule === undefined || mayImport(rule, file.path, path, typesOnly)) return null;
  return `${folder} may not import ${path}${typesOnly ? '' : mayImport(rule, file.path, path, true) ? ' but for its types' : ''}`;
}

function mayImport(rule: FolderRule, from: string, path: string, typesOnly: boolean): boolean {
  const granted = [...rule.imports, ...(rule.typesOnly?.includes('contract') === true ? [] : ['contract'])];
  if (typesOnly) granted.push(...(rule.typesOnly ?? []));
  for (const [prefix, more] of Object.entries(rule.parts ?? {})) if (from.startsWith(`src/${prefix}`)) granted.push(...more);
  return granted.some((grant) => path === `src/${grant}` || path.startsWith(`src/${grant}/`));
}

/** The folder of src that a path lies in; empty for files directly in src. */
function folderOf(path: string): string {
  const parts = path.split('/');
  return parts.length > 2 ? (parts[1] ?? '') : '';
}
