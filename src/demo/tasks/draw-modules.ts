/**
 * A task of the demo: which folder imports which, as a table and a Mermaid graph.
 */
import { dirname, join, normalize } from 'node:path';
import { areaOf, countOf, groupedBy, tableOf, tellProgress, textOf, trackedFiles, writeFindings } from './worktree-files.ts';

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*)['"](\.{1,2}\/[^'"]+)['"]/g;
const ENDINGS = ['', '.ts', '.tsx', '.js', '.mjs', '.jsx', '/index.ts', '/index.js'];

const files = trackedFiles(/^(?!.*\.test\.)(?!test\/).*\.(ts|tsx|js|mjs|cjs|jsx)$/);
const known = new Set(files);
const edges: { readonly from: string; readonly to: string }[] = [];
for (const [index, file] of files.entries()) {
  if (index % 50 === 0) tellProgress(index / files.length, file);
  for (const [, target = ''] of textOf(file).matchAll(IMPORT)) {
    const path = normalize(join(dirname(file), target));
    const found = ENDINGS.map((ending) => path + ending).find((each) => known.has(each));
    if (found !== undefined) edges.push({ from: areaOf(file), to: areaOf(found) });
  }
}
const between = groupedBy(
  edges.filter(({ from, to }) => from !== to),
  ({ from, to }) => `${from}\0${to}`,
).map(([key, values]) => [...key.split('\0'), values.length] as [string, string, number]);
const areas = [...new Set(files.map((file) => areaOf(file)))].toSorted();
const nodeOf = (area: string): string => `n${areas.indexOf(area)}`;
writeFindings({
  name: 'modules',
  title: 'Module graph',
  summary: `${countOf(edges.length, 'import')} in ${countOf(files.length, 'file')}; ${countOf(between.length, 'edge')} between ${countOf(areas.length, 'folder')}.`,
  lines: [
    '```mermaid',
    'graph LR',
    ...areas.map((area) => `  ${nodeOf(area)}["${area}"]`),
    ...between.map(([from, to, count]) => `  ${nodeOf(from)} -->|${count}| ${nodeOf(to)}`),
    '```',
    '',
    ...tableOf(['from', 'to', 'imports'], between),
  ],
});
