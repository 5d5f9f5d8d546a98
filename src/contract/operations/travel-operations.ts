/**
 * Operations on the past (F5): what changed between two moments, what led to one, what would have happened otherwise, and
 * the way back. They are answered away from the loop, from the log.
 */
import { z } from 'zod';
import { rollbackPart } from '../events/swarm-events.ts';
import { commandId, sequence, timestamp } from '../ids.ts';
import { moment } from '../moment.ts';
import { command, get, post, query } from '../operation.ts';
import { eventView } from '../views/event-view.ts';

const place = z.object({ seq: sequence, time: timestamp });

/** One thing that is not as it was. */
const momentChange = z.object({
  kind: z.enum(['task', 'session', 'knowledge', 'lock', 'setting']),
  id: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  text: z.string(),
});

/** One thing that is not as it was. */
export type MomentChange = z.output<typeof momentChange>;

/** Net changes: what came and went in between is not shown. */
export const eventDiff = query(
  'What changed between two moments, as sentences.',
  {
    input: z.strictObject({
      from: moment,
      to: moment.optional(),
      limit: z.int().min(1).max(10_000).optional(),
    }),
    output: z.object({
      from: place,
      to: place,
      counts: z.record(z.string(), z.int()),
      changes: z.array(momentChange),
      changes_total: z.int(),
    }),
  },
  { role: 'viewer', paths: [get('/event/diff')], tool: 'diff_moments' },
);

const figures = z.object({
  completed: z.int(),
  makespan_s: z.number(),
  mean_wait_s: z.number(),
  utilization: z.number(),
});

/** The same tasks at the same times, as long as they took; sessions as they came and went, and more. */
export const eventWhatIf = query(
  'Replay a period otherwise, and compare.',
  {
    input: z.strictObject({
      from: moment.optional(),
      to: moment.optional(),
      policy: z.enum(['optimal', 'greedy', 'fifo']).optional(),
      sessions: z.int().min(0).max(1000).optional(),
    }),
    output: z.object({
      from: place,
      to: place,
      happened: figures,
      replayed: figures,
      what_if: figures,
    }),
  },
  { role: 'viewer', paths: [get('/event/what-if')], tool: 'what_if' },
);

/** The state is made anew of every event, without a checkpoint, and held against the one that checkpoints give. */
export const eventReplay = query(
  'Replay the log up to a moment.',
  {
    input: z.strictObject({
      from: moment.optional(),
      limit: z.int().min(1).max(1000).optional(),
    }),
    output: z.object({
      from: place,
      to: place,
      replayed: z.int(),
      took_s: z.number(),
      fingerprint: z.string(),
      same: z.boolean(),
      counts: z.record(z.string(), z.int()),
      types: z.record(z.string(), z.int()),
      events: z.array(eventView),
    }),
  },
  { role: 'viewer', paths: [get('/event/replay')], tool: 'replay_events' },
);

/** Something that a rollback changes. */
const rollbackChange = z.object({
  kind: z.string(),
  id: z.string(),
  text: z.string(),
});
/** Something that a rollback changes. */
export type RollbackChange = z.output<typeof rollbackChange>;

/** Something that stays as it is. */
const rollbackKept = z.object({ kind: z.string(), id: z.string(), reason: z.string() });
/** By new events; nothing is deleted from the log, and no running lease is touched. */
export const eventRollback = command(
  'Bring things back to a moment, by new events.',
  {
    input: z.strictObject({
      moment: moment,
      parts: z.array(rollbackPart).min(1).optional(),
      dry_run: z.boolean().optional(),
      limit: z.int().min(1).max(1000).optional(),
      command_id: commandId.optional(),
    }),
    output: z.object({
      to: place,
      dry_run: z.boolean(),
      changed: z.int(),
      changes: z.array(rollbackChange),
      kept: z.array(rollbackKept),
      kept_total: z.int(),
      more: z.boolean(),
    }),
  },
  { role: 'admin', paths: [post('/event/rollback')], tool: 'rollback', destructive: true },
);
