/**
 * What a task's newest evidence changed: the two commits are in its result, the files are read from the repository.
 */
import type { OutputOf } from '../contract/operations.ts';
import type { HistoryEntry } from '../contract/views/task-view.ts';
import type { ViewContext } from './view-context.ts';

/** The changes, or why there are none to be shown. */
export async function showDiff(
  task_id: string,
  history: readonly HistoryEntry[],
  { changes: read }: ViewContext,
): Promise<OutputOf<'task.diff'>> {
  const results = history.flatMap(({ result }) =>
    typeof result === 'object' && result !== null ? [result as Record<string, unknown>] : [],
  );
  const evidence = results.toReversed().find(({ commit }) => typeof commit === 'string');
  const said = history.some(({ result }) => result !== null && result !== undefined);
  if (evidence === undefined) return { task_id, branch: null, changes: null, missing: said ? 'no_commit' : 'no_result' };
  const { base_commit, commit, branch } = evidence;
  const named = { task_id, branch: typeof branch === 'string' ? branch : null };
  if (typeof base_commit !== 'string' || typeof commit !== 'string') return { ...named, changes: null, missing: 'no_base' };
  if (read === undefined) return { ...named, changes: null, missing: 'no_repository' };
  const changes = await read(base_commit, commit);
  return { ...named, changes, missing: changes === null ? 'not_in_repository' : null };
}
