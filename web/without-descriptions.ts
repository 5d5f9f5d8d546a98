/**
 * Leaves out of the page what only the reference, OpenAPI and the tools of agents read: descriptions in the schemas of
 * operations and views. Those of settings stay: the page shows them.
 * Invariant: only a call `.describe(<one argument>)` goes, so that every schema checks as before.
 */
import { type Plugin } from 'vite';

const SCHEMAS = /\/src\/contract\/(?:operations|views|events)\/[^?]*\.ts$/;

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The plugin. */
export function withoutDescriptions(): Plugin {
  return {
    name: 'without-descriptions',
    transform(code, id) {
      if (!SCHEMAS.test(id)) return null;
      const cuts: Range[] = [];
      collectCuts(this.parse(code), cuts);
      const left = cuts
        .toSorted((a, b) => b.start - a.start)
        .reduce((text, { start, end }) => text.slice(0, start) + text.slice(end), code);
      return { code: left, map: null };
    },
  };
}

/** Where `.describe(…)` stands after the schema that it describes. */
function collectCuts(node: unknown, cuts: Range[]): void {
  if (typeof node !== 'object' || node === null) return;
  if (isDescription(node)) cuts.push({ start: node.callee.object.end, end: node.end });
  for (const child of Object.values(node)) collectCuts(child, cuts);
}

interface Description extends Range {
  readonly callee: { readonly object: Range };
}

function isDescription(node: object): node is Description {
  const { type, callee, arguments: given } = node as { type?: unknown; callee?: Record<string, unknown>; arguments?: unknown };
  if (type !== 'CallExpression' || callee?.['type'] !== 'MemberExpression' || !Array.isArray(given) || given.length !== 1) return false;
  return (callee['property'] as { name?: unknown }).name === 'describe';
}
