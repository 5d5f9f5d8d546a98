/**
 * Operations of the board: the backlog as cards.
 */
import { z } from 'zod';
import { taskId, taskStatus } from '../ids.ts';
import { get, query } from '../operation.ts';
import { taskCard } from '../views/board-view.ts';

/** Tasks in memory: all unfinished ones and the newest finished ones, in the order they were added. */
export const boardList = query(
  'List tasks as cards, without their specs and results; or only those that are named.',
  {
    input: z.strictObject({
      ids: z.array(taskId).max(1000).optional().describe('Only these, as far as they are in memory.'),
      status: taskStatus.optional(),
      unreviewed: z.literal(true).optional().describe('Only those whose work waits for a review.'),
      cursor: z.string().max(512).optional(),
      limit: z.int().min(1).max(1000).optional(),
    }),
    output: z.object({ tasks: z.array(taskCard), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/board/list'), get('/api/board')] },
);
