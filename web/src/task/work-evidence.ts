/**
 * What the result of a task says of its work, as far as it says it: results are whatever a session reported.
 */
import type { TaskView } from '../../../src/contract/views/task-view.ts';

/** Facts of a result; null: it does not say. */
export interface WorkEvidence {
  readonly commit: string | null;
  readonly branch: string | null;
  readonly command: string | null;
  readonly exit_code: number | null;
  readonly insertions: number | null;
  readonly deletions: number | null;
  readonly files: number | null;
  readonly merged_into: string | null;
  readonly conflicting_files: readonly string[];
}

/** Reads them. */
export function evidenceOf({ result }: Pick<TaskView, 'result'>): WorkEvidence {
  const said: Readonly<Record<string, unknown>> = typeof result === 'object' && result !== null ? result : {};
  const word = (name: string): string | null => (typeof said[name] === 'string' && said[name] !== '' ? said[name] : null);
  const number = (name: string): number | null => (typeof said[name] === 'number' ? said[name] : null);
  const files = said['conflicting_files'];
  const commit = word('commit');
  return {
    commit,
    branch: word('branch'),
    command: word('command'),
    exit_code: number('exit_code'),
    insertions: commit === null ? null : number('insertions'),
    deletions: commit === null ? null : number('deletions'),
    files: commit === null ? null : number('changed_files_total'),
    merged_into: word('merged_into'),
    conflicting_files: Array.isArray(files) ? files.filter((each) => typeof each === 'string') : [],
  };
}

/** Folder of the repository that the instructions name; null: none. */
export function repositoryOf({ spec }: Pick<TaskView, 'spec'>): string | null {
  const named = typeof spec === 'object' && 'repository' in spec ? spec['repository'] : null;
  return typeof named === 'string' && named !== '' ? named : null;
}
