/**
 * Walks a syntax tree with the parent of each node at hand.
 */
import type { SourceFile } from './source-file.ts';

/** A node of the syntax tree, as far as the checks look at it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** Every node of a file, each with its parent (null for the program). */
export function* nodesOf(file: SourceFile): Generator<{ node: SyntaxNode; parent: SyntaxNode | null }> {
  const open: { node: SyntaxNode; parent: SyntaxNode | null }[] = [{ node: file.program as unknown as SyntaxNode, parent: null }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    const { node } = next;
    for (const child of Object.values(node).flat()) if (isNode(child)) open.push({ node: child, parent: node });
  }
}

/** True for a node of the syntax tree, of the given type when one is given. */
export function isNode(value: unknown, type?: string): value is SyntaxNode {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('start' in value)) return false;
  return type === undefined || value.type === type;
}

/** The name of an identifier node; null for anything else. */
export function nameOf(value: unknown): string | null {
  return isNode(value, 'Identifier') && typeof value['name'] === 'string' ? value['name'] : null;
}
