/**
 * A task of the demo: which files the history changed most often.
 */
import { execFileSync } from 'node:child_process';
import { countOf, groupedBy, tableOf, writeFindings } from './worktree-files.ts';

const MOST = 25;
const LOOKED_BACK = 2000;

const log = execFileSync(
  'git',
  ['log', '--no-merges', `--max-count=${LOOKED_BACK}`, '--invert-grep', '--grep=^Tutti-Task:', '--name-only', '--format=%x01'],
  {
    encoding: 'utf8',
    maxBuffer: 256 * 1_048_576,
  },
);
const commits = log.split('\u0001').slice(1);
const changes = groupedBy(
  commits.flatMap((each) => each.split('\n').filter((line) => line !== '')),
  (path) => path,
).map(([path, all]) => [path, all.length] as const);
writeFindings({
  name: 'changes',
  title: 'What changes most',
  summary: `${countOf(changes.length, 'file')} changed in ${countOf(commits.length, 'commit')}.`,
  lines: tableOf(['file', 'commits'], changes.toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MOST)),
});
