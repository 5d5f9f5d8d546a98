/**
 * Finds banned exports and names: default exports, barrels, words that say nothing, type names exported twice,
 * and notes about work that is not done.
 */
import { basename } from 'node:path';
import { BANNED_WORDS } from './rules.ts';
import { place, type SourceFile } from './source-file.ts';
import { isNode, nameOf, type SyntaxNode } from './syntax-walk.ts';

/** Default exports, and files but `src/index.ts` that hand on what other files export. */
export function checkExports(files: readonly SourceFile[], mayExportDefault: RegExp): string[] {
  return files.flatMap((file) =>
    file.module.staticExports.flatMap((each) => {
      const isDefault =
        each.entries.some((entry) => entry.exportName.name === 'default') ||
        /^export\s+default\b/.test(file.text.slice(each.start, each.end));
      const isReexport = each.entries.some((entry) => entry.moduleRequest !== null);
      if (isDefault && !mayExportDefault.test(file.path)) return [`${place(file, each.start)}: exports a default`];
      return isReexport && file.path !== 'src/index.ts' ? [`${place(file, each.start)}: hands on another file's export`] : [];
    }),
  );
}

/** Names of files and of top-level declarations that contain a banned word. */
export function checkWords(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const banned = bannedIn(basename(file.path).replace(/\..*$/, '')).map((word) => `${file.path}: the file's name says ${word}`);
    for (const { name, at } of topLevelNames(file)) {
      banned.push(...bannedIn(name).map((word) => `${place(file, at)}: the name ${name} says ${word}`));
    }
    return banned;
  });
}

/** Type names that two files export. */
export function checkTypeNames(files: readonly SourceFile[]): string[] {
  const owners = new Map<string, string[]>();
  for (const file of files) {
    for (const name of exportedTypes(file)) owners.set(name, [...(owners.get(name) ?? []), file.path]);
  }
  return [...owners]
    .filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `the type ${name} is exported by ${paths.join(' and ')}`);
}

/** Comments that put work off. */
export function checkUnfinished(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    file.comments
      .filter((comment) => /\b(TODO|FIXME|XXX|HACK)\b/i.test(comment.value))
      .map((comment) => `${place(file, comment.start)}: puts work off`),
  );
}

function bannedIn(name: string): string[] {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.filter((word) => BANNED_WORDS.includes(word));
}

function exportedTypes(file: SourceFile): Set<string> {
  const kinds = ['TSInterfaceDeclaration', 'TSTypeAliasDeclaration', 'ClassDeclaration'];
  const names = statementsOf(file)
    .filter((node) => isNode(node, 'ExportNamedDeclaration'))
    .map((node) => node['declaration'])
    .flatMap((declared) => (isNode(declared) && kinds.includes(declared.type) ? [nameOf(declared['id'])] : []));
  return new Set(names.filter((name) => name !== null));
}

function topLevelNames(file: SourceFile): { name: string; at: number }[] {
  return statementsOf(file).flatMap((statement) => {
    const declared = isNode(statement['declaration']) ? statement['declaration'] : statement;
    const owners = isNode(declared, 'VariableDeclaration') ? (declared['declarations'] as SyntaxNode[]) : [declared];
    return owners.flatMap((owner) => {
      const name = nameOf(owner['id']);
      return name === null ? [] : [{ name, at: owner.start }];
    });
  });
}

function statementsOf(file: SourceFile): SyntaxNode[] {
  return file.program.body as unknown as SyntaxNode[];
}
