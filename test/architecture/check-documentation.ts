/**
 * Finds files without a header and exports without a docstring.
 */
import { place, type SourceFile } from './source-file.ts';
import { isNode, nameOf, type SyntaxNode } from './syntax-walk.ts';

/** Shortest header and docstring that can say something. */
const SHORTEST_HEADER = 20;
const SHORTEST_DOCSTRING = 3;

/** Files that do not start with a header comment of their own. */
export function checkHeaders(files: readonly SourceFile[]): string[] {
  return files.filter((file) => !hasHeader(file)).map((file) => `${file.path}: does not start with a header comment`);
}

/** Exported declarations without a docstring directly before them. */
export function checkDocstrings(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const documented = new Set<string>();
    const missing: { name: string; at: number }[] = [];
    for (const statement of file.program.body as unknown as SyntaxNode[]) {
      for (const name of exportedNames(statement)) {
        if (docstringBefore(file, statement) === null) missing.push({ name, at: statement.start });
        else documented.add(name);
      }
    }
    return missing.filter(({ name }) => !documented.has(name)).map(({ name, at }) => `${place(file, at)}: ${name} has no docstring`);
  });
}

/** The header is the first comment, and is not the docstring of what follows. */
function hasHeader(file: SourceFile): boolean {
  const [header, second] = file.comments;
  const start = file.text.startsWith('#!') ? file.text.indexOf('\n') + 1 : 0;
  if (header === undefined || file.text.slice(start, header.start).trim() !== '' || !saysSomething(header.value, SHORTEST_HEADER))
    return false;
  const first = (file.program.body as unknown as SyntaxNode[])[0];
  if (first === undefined || exportedNames(first).length === 0) return true;
  return second !== undefined && second.start < first.start;
}

function docstringBefore(file: SourceFile, statement: SyntaxNode): string | null {
  const before = file.comments.filter((each) => each.end <= statement.start).at(-1);
  if (before === undefined || !before.value.startsWith('*') || !saysSomething(before.value, SHORTEST_DOCSTRING)) return null;
  return file.text.slice(before.end, statement.start).trim() === '' ? before.value : null;
}

function saysSomething(comment: string, shortest: number): boolean {
  return comment.replaceAll(/[*\s]+/g, ' ').trim().length >= shortest;
}

function exportedNames(statement: SyntaxNode): string[] {
  const declared = isNode(statement, 'ExportNamedDeclaration') ? statement['declaration'] : null;
  if (!isNode(declared)) return [];
  const owners = isNode(declared, 'VariableDeclaration') ? (declared['declarations'] as SyntaxNode[]) : [declared];
  return owners.map((owner) => nameOf(owner['id']) ?? 'a pattern');
}
