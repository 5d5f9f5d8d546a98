/**
 * A task as a board shows it: everything but its spec and result, so that ten thousand fit into one look.
 */
import { z } from 'zod';
import { taskView } from './task-view.ts';

/** A task as a card. */
export const taskCard = taskView.omit({ spec: true, result: true, on_dependency_failure: true }).extend({
  work: z
    .object({
      branch: z.string().nullable(),
      insertions: z.int().nullable(),
      deletions: z.int().nullable(),
      unreviewed: z
        .boolean()
        .describe('It is complete on a branch of its own, not merged, and nobody has approved it or asked for changes.'),
    })
    .nullable()
    .describe('Where its newest result says that its work is; null: it names no commit.'),
});
/** A task as a card. */
export type TaskCard = z.output<typeof taskCard>;
