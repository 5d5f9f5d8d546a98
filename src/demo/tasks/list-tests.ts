/**
 * A task of the demo: where the tests are and how many there are, as they stand in the code.
 */
import { areaOf, countOf, groupedBy, tableOf, tellProgress, textOf, trackedFiles, writeFindings } from './worktree-files.ts';

const TEST = /^\s*(?:test|it)(?:\.\w+)*\s*(?:\(|`)/gm;
const ASSERTION = /\bexpect\w*(?:\.\w+)?\(|\bassert\w*(?:\.\w+)?\(/g;

const files = trackedFiles(/\.(test|spec)\.[cm]?[jt]sx?$/).map((path, index, all) => {
  if (index % 20 === 0) tellProgress(index / all.length, path);
  const text = textOf(path);
  return { path, tests: [...text.matchAll(TEST)].length, assertions: [...text.matchAll(ASSERTION)].length };
});
const sum = (group: typeof files, field: 'tests' | 'assertions'): number => group.reduce((total, each) => total + each[field], 0);
writeFindings({
  name: 'test-inventory',
  title: 'Test inventory',
  summary: `${countOf(sum(files, 'tests'), 'test')} and ${countOf(sum(files, 'assertions'), 'assertion')} stand in ${countOf(files.length, 'file')}.`,
  lines: tableOf(
    ['folder', 'files', 'tests', 'assertions'],
    groupedBy(files, ({ path }) => areaOf(path)).map(([area, group]) => [
      area,
      group.length,
      sum(group, 'tests'),
      sum(group, 'assertions'),
    ]),
  ),
});
