/**
 * Merges the work of a successful run into the branch that its task names. Invariant (F2): the server confirmed the
 * lease directly before, so that a worker whose lease is stale does not merge.
 */
import { Failure, reasonOf } from '../contract/failure.ts';
import { mergeBranch } from '../workspace/merge.ts';
import type { HeldTask } from './held-task.ts';
import { failedResult, resultError, type TaskResult } from './task-result.ts';
import type { WorkerFact } from './worker-event.ts';

/** What is to be merged, and into what. */
export interface MergeWork {
  readonly held: HeldTask;
  readonly repository: string;
  /** A branch or a commit. */
  readonly branch: string;
  readonly into: string;
  readonly message: string;
  /** Where a missing `into` starts; left out: at HEAD. */
  readonly base?: string;
  /** Rejects when the lease is no longer held. */
  readonly confirmLease: () => Promise<void>;
  readonly tell: (fact: WorkerFact) => void;
}

/** The result with what merging came to. Rejects only when the lease could not be confirmed. */
export async function mergeWork(merge: MergeWork, result: TaskResult): Promise<TaskResult> {
  const { held, repository, branch, into, message, base } = merge;
  await merge.confirmLease();
  try {
    const merged = await mergeBranch({ repository, branch, into, message, base });
    merge.tell({ kind: 'merged', ...held.label, into, commit: merged.commit });
    return { ...result, merged_into: into, merge_commit: merged.commit };
  } catch (error) {
    const failure = error instanceof Failure ? error : new Failure('internal', { reason: reasonOf(error) }, error);
    const failed = failedResult(result, resultError(failure.code, failure.params));
    return failure.code === 'merge_conflict' ? { ...failed, conflicting_files: String(failure.params['files']).split(', ') } : failed;
  }
}
