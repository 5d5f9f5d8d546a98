/**
 * A task of the demo: what each folder exports, and how much of it has a docstring.
 */
import { areaOf, countOf, groupedBy, tableOf, tellProgress, textOf, trackedFiles, writeFindings } from './worktree-files.ts';

const EXPORT =
  /^export\s+(?:declare\s+)?(?:async\s+)?(?:abstract\s+)?(const|let|function\*?|class|interface|type|enum|namespace)\s+([\w$]+)/gm;

const files = trackedFiles(/^(?!.*\.test\.)(?!test\/).*\.(ts|tsx|js|mjs|jsx)$/);
const found = files.flatMap((path, index) => {
  if (index % 50 === 0) tellProgress(index / files.length, path);
  const text = textOf(path);
  return [...text.matchAll(EXPORT)].map((each) => ({
    path,
    kind: each[1] ?? '',
    documented: text.slice(0, each.index).trimEnd().endsWith('*/'),
  }));
});
const types = (each: { readonly kind: string }): boolean => each.kind === 'type' || each.kind === 'interface';
const rows = groupedBy(found, ({ path }) => areaOf(path)).map(([area, group]) => {
  const documented = group.filter((each) => each.documented).length;
  return [area, group.length, group.filter(types).length, documented, `${Math.floor((100 * documented) / group.length)} %`];
});
const documented = found.filter((each) => each.documented).length;
writeFindings({
  name: 'exports',
  title: 'Exports',
  summary: `${countOf(found.length, 'export')} in ${countOf(files.length, 'file')}, ${documented} of them with a docstring.`,
  lines: tableOf(['folder', 'exports', 'types', 'documented', 'share'], rows),
});
