/**
 * tutti task diff: what a task changed, file by file, as its newest evidence says. Hunks come from agents: they are cleaned.
 */
import type { OutputOf } from '../../contract/operations.ts';
import type { ChangedPath } from '../../contract/views/changes-view.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine, cleanText } from '../output/clean-text.ts';
import { type Canvas } from '../output/table.ts';
import { counted } from '../output/words.ts';

type Missing = NonNullable<OutputOf<'task.diff'>['missing']>;

const WHY_MISSING: Readonly<Record<Missing, string>> = {
  no_result: 'It has left no result.',
  no_commit: 'It left no commit: nothing was changed.',
  no_base: 'Its result does not say on which commit it began.',
  no_repository: 'The server knows no repository of it; look at its branch there.',
  not_in_repository: 'The repository has not got its commits (any more).',
};

/** tutti task diff */
export const taskDiffCommand = operationCommand({
  path: 'task diff',
  summary: 'Show what a task changed, file by file.',
  doing: 'show the changes',
  operation: 'task.diff',
  args: [{ field: 'task_id', shown: 'task', description: 'Id of the task.' }],
  options: [{ flags: '--stat', description: 'Only the files and how much of each.', common: true }],
  examples: [
    { run: 'tutti task diff docs-001', says: 'What it changed' },
    { run: 'tutti task diff docs-001 --stat', says: 'Which files, and how much' },
    { run: 'tutti task diff docs-001 --json | jq -r .changes.files[].path', says: 'Paths for a script' },
  ],
  input: ({ task_id }) => ({ task_id }),
  print: ({ output, values }, { terminal }) => {
    const { changes, branch, missing, task_id } = output;
    if (changes === null) {
      terminal.say(`${cleanLine(task_id)} has no changes to show. ${missing === null ? '' : WHY_MISSING[missing]}`.trimEnd());
      return;
    }
    const { files, files_total, insertions, deletions, base_commit, commit } = changes;
    const where = branch === null ? '' : ` on ${cleanLine(branch)}`;
    terminal.print(
      `${counted(files_total, 'file')}, +${insertions} −${deletions}${where}: ${base_commit.slice(0, 10)} → ${commit.slice(0, 10)}`,
    );
    for (const file of files) terminal.print(...fileLines(file, values['stat'] === true, terminal));
    if (files_total > files.length) terminal.say(`${files_total - files.length} more: git diff ${base_commit} ${commit}`);
  },
});

function fileLines(
  { path, status, insertions, deletions, patch, cut }: ChangedPath,
  isBrief: boolean,
  { out }: Pick<Canvas, 'out'>,
): string[] {
  const amount = insertions === null ? 'binary' : `+${insertions} −${deletions ?? 0}`;
  const title = `${status.padEnd(8)}  ${cleanLine(path)}  ${amount}`;
  if (isBrief) return [title];
  const hunks = patch === null || patch === '' ? [] : cleanText(patch).replace(/\n+$/, '').split('\n');
  const painted = hunks.map((line) => (line.startsWith('+') ? out.green(line) : line.startsWith('-') ? out.red(line) : line));
  return ['', out.bold(title), ...painted, ...(cut ? [out.dim('… the rest is in git')] : [])];
}
