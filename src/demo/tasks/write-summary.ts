/**
 * The last task of the demo: a page over everything that the tasks before it merged, read from git: who made it, under
 * which lease, and what it found. Arguments: the commit that the demo began at, then the ids of the tasks.
 */
import { execFileSync } from 'node:child_process';
import { countOf, tableOf, tellProgress, textOf, writeFindings } from './worktree-files.ts';

interface Merged {
  readonly commit: string;
  readonly task: string;
  readonly attempt: string;
  readonly lease: string;
  readonly session: string;
}

const [base = 'HEAD', ...tasks] = process.argv.slice(2);
const trailer = (key: string): string => `%(trailers:key=Tutti-${key},valueonly,separator=%x20)`;
const format = ['%H', ...['Task', 'Attempt', 'Lease', 'Session'].map(trailer)].join('%x00');
const merged: Merged[] = git('log', '--no-merges', '--reverse', `--format=${format}`, `${base}..HEAD`)
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => {
    const [commit = '', task = '', attempt = '', lease = '', session = ''] = line.split('\0');
    return { commit, task, attempt, lease, session };
  });
tellProgress(0.5, 'reading what was merged');
const rows = tasks.map((task) => {
  const made = merged.find((each) => each.task === task);
  if (made === undefined) return [task, 'nothing merged', '', '', '', ''];
  const [file = ''] = git('show', '--format=', '--name-only', made.commit).split('\n');
  const [, , summary = ''] = textOf(file).split('\n');
  return [
    task,
    summary,
    `[${file}](${file.replace(/^housekeeping\//, '')})`,
    made.commit.slice(0, 10),
    made.session,
    `${made.attempt} (lease ${made.lease})`,
  ];
});
const changed = rows.filter(([, , file]) => file !== '').length;
writeFindings({
  name: 'README',
  title: 'Housekeeping',
  summary: `${countOf(tasks.length, 'task')}: ${changed} wrote a page, ${tasks.length - changed} merged nothing.`,
  lines: tableOf(['task', 'what it found', 'page', 'commit', 'session', 'attempt'], rows),
});

function git(...words: readonly string[]): string {
  return execFileSync('git', words, { encoding: 'utf8', maxBuffer: 64 * 1_048_576 });
}
