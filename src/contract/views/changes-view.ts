/**
 * What two commits differ in, file by file, as far as it can be looked at.
 */
import { z } from 'zod';

/** Files that are listed, and characters of hunks that are given: of one file, and of all together. */
export const CHANGES_AT_MOST = { files: 300, file_text: 200_000, text: 1_000_000 } as const;

/** One file that differs. */
export const changedPath = z.object({
  path: z.string(),
  status: z.enum(['added', 'deleted', 'modified']),
  insertions: z.int().nullable().describe('Lines; null: a binary file.'),
  deletions: z.int().nullable(),
  patch: z.string().nullable().describe('Its hunks, from the first `@@` on; empty: only its mode; null: binary, or beyond the bound.'),
  cut: z.boolean().describe('true: the hunks go on beyond what is given.'),
});
/** One file that differs. */
export type ChangedPath = z.output<typeof changedPath>;

/** What two commits differ in. */
export const commitChanges = z.object({
  base_commit: z.string(),
  commit: z.string(),
  files: z.array(changedPath).max(CHANGES_AT_MOST.files),
  files_total: z.int(),
  insertions: z.int(),
  deletions: z.int(),
});
/** What two commits differ in. */
export type CommitChanges = z.output<typeof commitChanges>;

/** What merging a commit into a branch would come to, now. */
export const mergeOutlook = z.object({
  into: z.string(),
  merged: z.boolean().describe('The branch holds the commit already.'),
  checked_out: z.boolean().describe('Somebody works on the branch in a folder of the repository: nothing merges into it meanwhile.'),
  conflicting_files: z.array(z.string()).max(CHANGES_AT_MOST.files).describe('Empty: it merges by itself.'),
});
/** What merging a commit into a branch would come to, now. */
export type MergeOutlook = z.output<typeof mergeOutlook>;

/** Looks into the repository around a server. */
export interface ReadChanges {
  /** What two commits differ in; null when the repository does not have both. */
  readonly between: (base_commit: string, commit: string) => Promise<CommitChanges | null>;
  /** What merging would come to. A branch that is not there yet would begin at HEAD. */
  readonly merging: (commit: string, into: string) => Promise<MergeOutlook>;
}
