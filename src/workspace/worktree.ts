/**
 * What is known of a worktree.
 */

/** The worktree of a task's attempt. */
export interface Worktree {
  /** Folder of the repository it belongs to. */
  readonly repository: string;
  readonly path: string;
  /** Its branch, without `refs/heads/`. */
  readonly branch: string;
  /** The commit it started from. */
  readonly base_commit: string;
  readonly task_id: string;
  readonly attempt: number;
}
