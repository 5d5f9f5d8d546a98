/**
 * A task of the demo: how many files and lines each folder has, and which files are the longest.
 */
import { areaOf, countOf, groupedBy, tableOf, tellProgress, textOf, trackedFiles, writeFindings } from './worktree-files.ts';

const LONGEST = 15;

const files = trackedFiles(/./).map((path, index, all) => {
  if (index % 100 === 0) tellProgress(index / all.length, path);
  const text = textOf(path);
  return { path, lines: text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0), bytes: Buffer.byteLength(text) };
});
const total = files.reduce((sum, { lines }) => sum + lines, 0);
const rows = groupedBy(files, ({ path }) => areaOf(path)).map(([area, group]) => {
  const lines = group.map((each) => each.lines).toSorted((a, b) => a - b);
  return [area, group.length, lines.reduce((sum, each) => sum + each, 0), lines[lines.length >> 1] ?? 0, lines.at(-1) ?? 0];
});
const longest = files.toSorted((a, b) => b.lines - a.lines || (a.path < b.path ? -1 : 1)).slice(0, LONGEST);
writeFindings({
  name: 'sizes',
  title: 'Sizes',
  summary: `${countOf(total, 'line')} in ${countOf(files.length, 'file')} of ${countOf(rows.length, 'folder')}.`,
  lines: [
    ...tableOf(['folder', 'files', 'lines', 'median', 'longest'], rows),
    '',
    '## Longest files',
    '',
    ...tableOf(
      ['file', 'lines', 'bytes'],
      longest.map(({ path, lines, bytes }) => [path, lines, bytes]),
    ),
  ],
});
