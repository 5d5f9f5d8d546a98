/**
 * Finds files that import each other in a circle. Types count too: what two files know of each other belongs into a third.
 */
import { posix } from 'node:path';
import { importsOf } from './check-imports.ts';
import { CIRCLE } from './rules.ts';
import type { SourceFile } from './source-file.ts';

/** The shortest way round from each file that is in none yet: `a.ts -> b.ts -> a.ts`. Empty where nothing goes in a circle. */
export function checkCircles(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  const graph = new Map(files.map((file) => [file.path, importsFrom(file, known)]));
  const told = new Set<string>();
  return [...graph.keys()].toSorted().flatMap((path) => {
    if (told.has(path)) return [];
    const circle = wayBack(graph, path);
    for (const each of circle) told.add(each);
    return circle.length === 0 ? [] : [[...circle, path].join(' -> ')];
  });
}

function importsFrom(file: SourceFile, known: ReadonlySet<string>): string[] {
  const targets = importsOf(file).map(({ target }) => posix.join(posix.dirname(file.path), target));
  return [...new Set(targets)].filter((path) => known.has(path) && !(file.path === CIRCLE.from && path === CIRCLE.to));
}

/** Breadth first from a file back to itself; empty when no import leads there. */
function wayBack(graph: ReadonlyMap<string, readonly string[]>, start: string): string[] {
  const ways = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of graph.get(way.at(-1) ?? start) ?? []) {
      if (next === start) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return [];
}
