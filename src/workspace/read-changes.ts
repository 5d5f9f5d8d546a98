/**
 * Reads what two commits differ in, to be looked at. Invariant: only commits, named by their full ids, are read; nothing of the
 * repository's configuration runs (no external diff, no text conversion); the answer is bounded whatever the commits hold.
 */
import { CHANGES_AT_MOST, type CommitChanges, type ChangedPath, type ReadChanges } from '../contract/views/changes-view.ts';
import { git, runGit } from './git.ts';
import { foreseeMerge } from './merge.ts';
import { entries, findCommit, line } from './repository.ts';

const COMMIT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const PLAIN = ['--no-renames', '--no-ext-diff', '--no-textconv', '--no-color', '--submodule=short'];
/** What git may say before it is stopped: the bound on all hunks, several times over for their headers and cut files. */
const MOST_OUTPUT = 8 * CHANGES_AT_MOST.text;

/** How to read the changes of the repository around a folder; null when there is none. */
export async function changesIn(folder: string): Promise<ReadChanges | null> {
  const top = await runGit({ folder }, ['rev-parse', '--show-toplevel']);
  if (top.exit_code !== 0) return null;
  const root = line(top.stdout);
  return {
    between: (base, commit) => readChanges(root, base, commit),
    merging: (commit, into) => foreseeMerge(root, commit, into),
  };
}

async function readChanges(folder: string, base_commit: string, commit: string): Promise<CommitChanges | null> {
  const place = { folder };
  for (const id of [base_commit, commit]) if (!COMMIT_ID.test(id) || (await findCommit(place, id)) !== id) return null;
  const range = [base_commit, commit, '--'];
  const numbers = entries(await git(place, ['diff', '--numstat', '-z', ...PLAIN, ...range])).map((entry) => entry.split('\t'));
  const { stdout } = await runGit(place, ['diff', '--unified=3', ...PLAIN, ...range], { most_output: MOST_OUTPUT });
  const parts = stdout.split(/^diff --git .*\n/m).slice(1);
  let left: number = CHANGES_AT_MOST.text;
  const files = numbers.slice(0, CHANGES_AT_MOST.files).map(([insertions = '-', deletions = '-', ...path], index): ChangedPath => {
    const part = parts[index];
    const whole = part === undefined ? null : hunksOf(part);
    const patch = whole === null || insertions === '-' ? null : whole.slice(0, Math.min(left, CHANGES_AT_MOST.file_text));
    left -= patch?.length ?? 0;
    return {
      path: path.join('\t'),
      status: statusOf(part ?? ''),
      insertions: countOf(insertions),
      deletions: countOf(deletions),
      patch,
      cut: insertions !== '-' && patch !== whole,
    };
  });
  const sum = (column: 0 | 1): number => numbers.reduce((total, change) => total + (countOf(change[column] ?? '-') ?? 0), 0);
  return { base_commit, commit, files, files_total: numbers.length, insertions: sum(0), deletions: sum(1) };
}

function hunksOf(part: string): string {
  if (part.startsWith('@@ ')) return part;
  const at = part.indexOf('\n@@ ');
  return at < 0 ? '' : part.slice(at + 1);
}

function statusOf(part: string): ChangedPath['status'] {
  const head = part.split('\n@@ ', 1)[0] ?? '';
  if (/^new file mode /m.test(head)) return 'added';
  return /^deleted file mode /m.test(head) ? 'deleted' : 'modified';
}

/** Lines; null: git writes `-` for a binary file. */
function countOf(text: string): number | null {
  return text === '-' ? null : Number(text);
}
