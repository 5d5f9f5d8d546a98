/**
 * What a task's newest evidence changed: the two commits are in its result, the files are read from the repository.
 */
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { HistoryEntry } from '../contract/views/task-view.ts';
import type { ViewContext } from './view-context.ts';

/** The changes, or why there are none to be shown. */
export async function showDiff(
  { task_id, into }: InputOf<'task.diff'>,
  history: readonly HistoryEntry[],
  { changes: read }: ViewContext,
): Promise<OutputOf<'task.diff'>> {
  const results = history.flatMap(({ result }) =>
    typeof result === 'object' && result !== null ? [result as Record<string, unknown>] : [],
  );
  const evidence = results.toReversed().find(({ commit }) => typeof commit === 'string');
  const said = history.some(({ result }) => result !== null && result !== undefined);
  const nothing = { task_id, branch: null, changes: null, merge: null };
  if (evidence === undefined) return { ...nothing, missing: said ? 'no_commit' : 'no_result' };
  const { base_commit, commit, branch } = evidence;
  const named = { ...nothing, branch: typeof branch === 'string' ? branch : null };
  if (typeof base_commit !== 'string' || typeof commit !== 'string') return { ...named, missing: 'no_base' };
  if (read === undefined) return { ...named, missing: 'no_repository' };
  const changes = await read.between(base_commit, commit);
  if (changes === null) return { ...named, missing: 'not_in_repository' };
  return { ...named, changes, merge: into === undefined ? null : await read.merging(commit, into), missing: null };
}
