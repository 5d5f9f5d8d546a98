/**
 * Operations on the past (F5): what changed between two moments, and what would have happened otherwise.
 * They are answered away from the loop, from the log.
 */
import { z } from 'zod';
import { sequence, timestamp } from '../ids.ts';
import { moment } from '../moment.ts';
import { get, query } from '../operation.ts';

const place = z.object({ seq: sequence, time: timestamp });

/** One thing that is not as it was. */
const momentChange = z.object({
  kind: z.enum(['task', 'session', 'knowledge', 'lock', 'setting']),
  id: z.string(),
  before: z.string().nullable().describe('null: it was not there.'),
  after: z.string().nullable().describe('null: it is not there.'),
  text: z.string().describe('The change as a sentence.'),
});

/** One thing that is not as it was. */
export type MomentChange = z.output<typeof momentChange>;

/** Net changes: what came and went in between is not shown. */
export const eventDiff = query(
  'What changed between two moments, as sentences.',
  {
    input: z.strictObject({
      from: moment,
      to: moment.optional().describe('Left out: the end of the log.'),
      limit: z.int().min(1).max(10_000).optional().describe('Changes that are listed; default 200.'),
    }),
    output: z.object({
      from: place,
      to: place,
      counts: z
        .record(z.string(), z.int())
        .describe(
          'How many more there are of each: added, pending, assigned, in_progress, completed, failed, cancelled, sessions, topics.',
        ),
      changes: z.array(momentChange),
      changes_total: z.int(),
    }),
  },
  { role: 'viewer', paths: [get('/event/diff')], tool: 'diff_moments' },
);
